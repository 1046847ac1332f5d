package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
)

// Net gives each process of a cluster a network of its own.
type Net interface {
	// Host is the address that a process has, without a port.
	Host(process string) string
	// Range has all of these addresses, as CIDR.
	Range() string
	// Enter puts the thread that calls it into the process's network until leave.
	Enter(process string) (leave func() error, err error)
}

// host is the address of a process.
func (c *Cluster) host(name string) string {
	if c.opt.Net != nil {
		return c.opt.Net.Host(name)
	}
	return "127.0.0.1"
}

// named finds a process.
func (c *Cluster) named(name string) (*process, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if i := slices.IndexFunc(c.all, func(p *process) bool { return p.Name == name }); i >= 0 {
		return c.all[i], nil
	}
	return nil, fmt.Errorf("the cluster has no process %q", name)
}

// Signal sends one to a process that runs.
func (c *Cluster) Signal(name string, s syscall.Signal) error {
	p, err := c.named(name)
	if err != nil {
		return err
	}
	pid := p.now().PID
	if pid == 0 {
		return fmt.Errorf("%s is not running", name)
	}
	return syscall.Kill(pid, s)
}

// Halt ends a process by a signal (0: as it is ended in order) and keeps it away
// until Resume.
func (c *Cluster) Halt(ctx context.Context, name string, s syscall.Signal) error {
	p, err := c.named(name)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.halted = true
	pid, ended := p.PID, p.ended
	if s == 0 {
		s = p.signal()
	}
	p.mu.Unlock()
	if pid != 0 {
		if err := syscall.Kill(pid, s); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
		select {
		case <-ended:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return c.tell()
}

// Resume starts a process that was halted, with more in its environment until it
// ends: a later name=value counts.
func (c *Cluster) Resume(name string, more ...string) error {
	p, err := c.named(name)
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.halted, p.more = false, more
	p.mu.Unlock()
	if err := p.start(func(err error) { c.died(p, err) }); err != nil {
		return err
	}
	return c.tell()
}

// Join starts one more replica of a service. The front sends it nothing: it is
// there beside the others, as a deployment by mistake would be.
func (c *Cluster) Join(ctx context.Context, service string) (name string, err error) {
	ports, err := freePorts(1)
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	number := 1
	for _, p := range c.all {
		if p.Service == service {
			number++
		}
	}
	p := c.replica(service, number, ports[0])
	c.mu.Unlock()
	if err := p.start(func(err error) { c.died(p, err) }); err != nil {
		return p.Name, err
	}
	return p.Name, errors.Join(p.until(ctx, patience), c.tell())
}

// Ready says nothing if all processes that are not halted are ready, else who is
// not.
func (c *Cluster) Ready(ctx context.Context) error {
	c.mu.Lock()
	all := slices.Clone(c.all)
	c.mu.Unlock()
	var late []string
	for _, p := range all {
		p.mu.Lock()
		halted := p.halted
		p.mu.Unlock()
		if !halted && p.isReady(ctx) != nil {
			late = append(late, p.Name)
		}
	}
	if len(late) > 0 {
		return fmt.Errorf("not ready: %s", strings.Join(late, ", "))
	}
	return nil
}
