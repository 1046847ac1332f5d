package faults

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// network gives each process a namespace with one address, all on one bridge.
// Whoever calls must have a network and a mount namespace of their own, so that
// nothing of it is seen outside and all of it goes with them.
type network struct {
	mu     sync.Mutex
	hosts  map[string]string
	parted [][2]string // who has no way to whom
}

const (
	bridge = "lotse0"
	prefix = "10.77.0."
)

func newNetwork() (*network, error) {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return nil, fmt.Errorf("mounts of our own: %w", err)
	}
	if err := os.MkdirAll("/run/netns", 0o755); err != nil {
		return nil, err
	}
	if err := unix.Mount("tmpfs", "/run/netns", "tmpfs", 0, ""); err != nil {
		return nil, err
	}
	return &network{hosts: map[string]string{}}, each("link set lo up", "link add "+bridge+" type bridge", "addr add "+prefix+"1/24 dev "+bridge, "link set "+bridge+" up")
}

// each runs ip with the words of each line.
func each(lines ...string) error {
	for _, line := range lines {
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", line, err, strings.TrimSpace(string(out)))
		}
	}
	return nil
}

// Host makes the process's namespace when it is asked for first.
func (n *network) Host(process string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if h, ok := n.hosts[process]; ok {
		return h
	}
	host := fmt.Sprint(prefix, len(n.hosts)+2)
	n.hosts[process] = host
	link := fmt.Sprint("lotse", len(n.hosts))
	if err := each("netns add "+process, "link add "+link+" type veth peer name eth0 netns "+process, "link set "+link+" master "+bridge+" up",
		"-n "+process+" link set lo up", "-n "+process+" addr add "+host+"/24 dev eth0", "-n "+process+" link set eth0 up"); err != nil {
		fmt.Fprintln(os.Stderr, "network of "+process+": "+err.Error()) // it will not be ready, and says so
	}
	return host
}

// Range of all addresses.
func (n *network) Range() string { return prefix + "0/24" }

// Enter puts this thread into the process's namespace.
func (n *network) Enter(process string) (leave func() error, err error) {
	n.Host(process)
	here, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return nil, err
	}
	there, err := os.Open("/run/netns/" + process)
	if err != nil {
		return nil, errors.Join(err, here.Close())
	}
	defer func() { _ = there.Close() }()
	if err := unix.Setns(int(there.Fd()), unix.CLONE_NEWNET); err != nil {
		return nil, errors.Join(fmt.Errorf("the network of %s: %w", process, err), here.Close())
	}
	return func() error {
		defer func() { _ = here.Close() }()
		return unix.Setns(int(here.Fd()), unix.CLONE_NEWNET)
	}, nil
}

// part lets nothing through between each of some and each of others, either way:
// what they send goes nowhere, as when a cable is cut.
func (n *network) part(some, others []string) error {
	for _, a := range some {
		for _, b := range others {
			for _, way := range [][2]string{{a, b}, {b, a}} {
				if err := each("-n " + way[0] + " route add blackhole " + n.Host(way[1]) + "/32"); err != nil {
					return err
				}
				n.parted = append(n.parted, way)
			}
		}
	}
	return nil
}

// mend opens all ways again.
func (n *network) mend(context.Context) error {
	var errs []error
	for _, way := range n.parted {
		errs = append(errs, each("-n "+way[0]+" route del blackhole "+n.Host(way[1])+"/32"))
	}
	n.parted = nil
	return errors.Join(errs...)
}
