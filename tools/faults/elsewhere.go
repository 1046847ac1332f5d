//go:build !linux

package faults

import (
	"context"
	"errors"
	"os/exec"
)

var errElsewhere = errors.New("only Linux has it")

type network struct{}

func newNetwork() (*network, error)                 { return nil, errElsewhere }
func (*network) Host(string) string                 { return "127.0.0.1" }
func (*network) Range() string                      { return "127.0.0.0/8" }
func (*network) Enter(string) (func() error, error) { return nil, errElsewhere }
func (*network) part(_, _ []string) error           { return errElsewhere }
func (*network) mend(context.Context) error         { return errElsewhere }

type disk struct{}

func newDisk(string) (*disk, error) { return nil, errElsewhere }
func (*disk) fill() (int64, error)  { return 0, errElsewhere }
func (*disk) free() error           { return errElsewhere }
func (*disk) unmount() error        { return errElsewhere }

// Enclose is for Linux alone: elsewhere it does not start.
func Enclose(ctx context.Context, program string, _ ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program)
	cmd.Err = errElsewhere
	return cmd
}
