package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is one of the cluster's, over all its lives.
type process struct {
	Running
	program string
	args    []string
	env     []string
	dir     string
	as      *syscall.Credential
	end     syscall.Signal // asks it to end; 0: SIGTERM
	wave    int            // processes start after those of lower waves are ready, and end before them
	ready   string         // path below URL that answers 200 when it is ready
	answers func(context.Context) error

	// enter puts the thread that starts it where it is to live; nil: here.
	enter func(process string) (leave func() error, err error)

	mu     sync.Mutex
	ended  chan struct{} // of the present life
	asked  bool          // to end for good
	halted bool          // to stay away until it is resumed
	more   []string      // of the environment, since it was resumed
}

// nursery starts processes from one thread that lives as long as this process:
// the kernel ends them with the thread that started them.
var nursery = sync.OnceValue(func() chan func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})

// start begins a life. died is called once when it is over, unless it was asked
// to end.
func (p *process) start(died func(error)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.asked || p.halted {
		return nil
	}
	log, err := os.OpenFile(p.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(p.program, p.args...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = p.environment(), p.dir, log, log
	cmd.SysProcAttr = attributes(p.as, p.signal())
	began := make(chan error)
	nursery() <- func() { began <- p.begin(cmd) }
	if err := <-began; err != nil {
		return fmt.Errorf("start %s: %w", p.Name, err)
	}
	ended := make(chan struct{})
	p.PID, p.ended = cmd.Process.Pid, ended
	go func() {
		err := cmd.Wait()
		p.mu.Lock()
		p.PID = 0
		asked := p.asked || p.halted
		p.mu.Unlock()
		close(ended)
		if !asked {
			died(err)
		}
	}()
	return nil
}

// begin starts it where it is to live. The thread that it runs on is the nursery's.
func (p *process) begin(cmd *exec.Cmd) error {
	if p.enter == nil {
		return cmd.Start()
	}
	leave, err := p.enter(p.Name)
	if err != nil {
		return err
	}
	return errors.Join(cmd.Start(), leave())
}

// environment is its own and nothing of ours that could configure it.
func (p *process) environment() []string {
	all := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TZ=" + os.Getenv("TZ"), "LC_ALL=C"}
	for _, name := range []string{"GOMAXPROCS", "GOMEMLIMIT", "GOGC", "GODEBUG"} { // of who measures
		if v, ok := os.LookupEnv(name); ok {
			all = append(all, name+"="+v)
		}
	}
	return append(append(all, p.env...), p.more...)
}

func (p *process) signal() syscall.Signal {
	if p.end != 0 {
		return p.end
	}
	return syscall.SIGTERM
}

// now is how it runs at present.
func (p *process) now() Running {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.Running
}

// stop asks it to end and ends it after grace. A stopped one is woken first.
func (p *process) stop(grace time.Duration) error {
	p.mu.Lock()
	p.asked = true
	pid, ended := p.PID, p.ended
	p.mu.Unlock()
	if pid == 0 {
		return nil
	}
	err := errors.Join(syscall.Kill(pid, syscall.SIGCONT), syscall.Kill(pid, p.signal()))
	if errors.Is(err, syscall.ESRCH) {
		err = nil
	}
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case <-ended:
		return err
	case <-t.C:
		_ = syscall.Kill(pid, syscall.SIGKILL)
		<-ended
		return errors.Join(err, fmt.Errorf("%s did not end within %s and was killed", p.Name, grace))
	}
}

// isReady asks it.
func (p *process) isReady(ctx context.Context) error {
	now := p.now()
	if now.PID == 0 {
		return fmt.Errorf("%s is not running", p.Name)
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if p.answers != nil {
		return p.answers(ctx)
	}
	return ready(ctx, p.URL+p.ready)
}

// ready asks an address for its 200.
func ready(ctx context.Context, address string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", address, res.Status)
	}
	return nil
}

// until waits until it is ready, at most patience.
func (p *process) until(ctx context.Context, patience time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := p.isReady(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.ended: // nobody starts it again before the cluster is up
			return fmt.Errorf("%s does not start. It says:\n%s", p.Name, tail(p.Log))
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready after %s: %w. It says:\n%s", p.Name, patience, err, tail(p.Log))
		}
	}
}

// tail is the end of a log.
func tail(file string) string {
	raw, _ := os.ReadFile(file)
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	return "  " + strings.Join(lines[max(0, len(lines)-5):], "\n  ")
}
