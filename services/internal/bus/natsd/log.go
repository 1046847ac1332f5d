package natsd

import (
	"fmt"
	"log/slog"
	"sync"
)

// serverLog hands the server's log to slog. A fatal line does not end the
// process: Start turns it into an error.
type serverLog struct {
	log   *slog.Logger
	mu    sync.Mutex
	fatal string
}

func newServerLog(l *slog.Logger) *serverLog { return &serverLog{log: l.With("part", "nats-server")} }

func (s *serverLog) firstFatal() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fatal
}

func (s *serverLog) Fatalf(format string, v ...any) {
	s.mu.Lock()
	if s.fatal == "" {
		s.fatal = fmt.Sprintf(format, v...)
	}
	s.mu.Unlock()
	s.log.Error(fmt.Sprintf(format, v...))
}

// Noticef covers the banner of each start: interesting only when debugging.
func (s *serverLog) Noticef(format string, v ...any) { s.log.Debug(fmt.Sprintf(format, v...)) }
func (s *serverLog) Debugf(format string, v ...any)  { s.log.Debug(fmt.Sprintf(format, v...)) }
func (s *serverLog) Tracef(format string, v ...any)  { s.log.Debug(fmt.Sprintf(format, v...)) }
func (s *serverLog) Warnf(format string, v ...any)   { s.log.Warn(fmt.Sprintf(format, v...)) }
func (s *serverLog) Errorf(format string, v ...any)  { s.log.Error(fmt.Sprintf(format, v...)) }
