package faults

import (
	"context"
	"os/exec"
	"syscall"
)

// Enclose makes a command that runs in a network and a mount namespace of its own,
// and ends with us. Who may not have them gets an error when it starts.
func Enclose(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET | syscall.CLONE_NEWNS, Setpgid: true, Pdeathsig: syscall.SIGINT}
	return cmd
}
