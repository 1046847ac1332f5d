//go:build !linux

package cluster

import "syscall"

// attributes: a group of its own, so that Ctrl-C reaches us alone and the end has
// an order. Here nobody ends processes for us if we are killed.
func attributes(as *syscall.Credential, _ syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: as}
}
