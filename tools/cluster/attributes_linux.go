package cluster

import "syscall"

// attributes: a group of its own, so that Ctrl-C reaches us alone and the end has
// an order; and an end with us, whatever ends us.
func attributes(as *syscall.Credential, end syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Credential: as, Pdeathsig: end}
}
