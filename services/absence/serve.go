package absence

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/httpapi"
)

// queueGroup: one replica takes in each message.
const queueGroup = "absence"

// drainTime bounds how long stop waits for messages that have arrived.
const drainTime = 5 * time.Second

// ServeHR takes in HR messages on hr.absence.v1.<source>.… of core NATS until
// stop is called. The reply, a Receipt or a refusal with its problem, is sent
// after the record is durable; a message without reply subject is taken in too.
// Messages about one absence are handled in the order of arrival, others side
// by side, so that many share a commit. stop finishes what has arrived.
func (s *Service) ServeHR(ctx context.Context, nc *nats.Conn) (stop func(), err error) {
	// What has arrived is finished, also when ctx ends first.
	in := &ingress{service: s, ctx: context.WithoutCancel(ctx)}
	for range s.config.HRWorkers {
		lane := make(chan work, s.config.HRQueue)
		in.lanes = append(in.lanes, lane)
		in.workers.Go(func() {
			for w := range lane {
				in.handle(w)
			}
		})
	}
	sub, err := nc.QueueSubscribe(events.HRAbsenceSubject+".>", queueGroup, in.arrive)
	if err == nil {
		// The server must know of the subscription before we say that we serve.
		err = nc.FlushTimeout(drainTime)
	}
	if err != nil {
		in.close()
		return nil, fmt.Errorf("subscribe to %s.>: %w", events.HRAbsenceSubject, err)
	}
	drained := make(chan struct{})
	sub.SetClosedHandler(func(string) { close(drained) })
	var once sync.Once
	stop = func() {
		once.Do(func() {
			if sub.Drain() == nil {
				select {
				case <-drained:
				case <-time.After(drainTime):
				}
			}
			in.close()
		})
	}
	context.AfterFunc(ctx, stop)
	return stop, nil
}

type work struct {
	msg     *nats.Msg
	message hr.Message
	refusal error
}

type ingress struct {
	service *Service
	ctx     context.Context
	lanes   []chan work
	workers sync.WaitGroup

	mu     sync.RWMutex
	closed bool
}

// arrive reads and strips a message and hands it to the lane of its absence.
func (in *ingress) arrive(m *nats.Msg) {
	source := ""
	if t := strings.Split(m.Subject, "."); len(t) > 3 {
		source = t[3]
	}
	w := work{msg: m}
	w.message, w.refusal = hr.Parse(source, m.Header, m.Data)
	h := fnv.New32a()
	h.Write([]byte(w.message.Absence))
	in.mu.RLock()
	defer in.mu.RUnlock()
	if !in.closed {
		in.lanes[h.Sum32()%uint32(len(in.lanes))] <- w
	}
}

func (in *ingress) handle(w work) {
	ctx, cancel := context.WithTimeout(in.ctx, 30*time.Second)
	defer cancel()
	receipt, err := in.service.app.Take(ctx, w.message, w.refusal)
	if err != nil && !IsRefusal(err) {
		in.service.node.Logger().ErrorContext(ctx, "HR message not recorded", "source", w.message.Source, "id", w.message.ID, "err", err)
	}
	if w.msg.Reply == "" {
		return
	}
	data, merr := json.Marshal(httpapi.Answer(receipt, err))
	if merr == nil {
		merr = w.msg.Respond(data)
	}
	if merr != nil {
		in.service.node.Logger().WarnContext(ctx, "HR receipt not sent", "source", w.message.Source, "id", w.message.ID, "err", merr)
	}
}

// close waits for what the lanes hold.
func (in *ingress) close() {
	in.mu.Lock()
	first := !in.closed
	in.closed = true
	in.mu.Unlock()
	if first {
		for _, l := range in.lanes {
			close(l)
		}
	}
	in.workers.Wait()
}
