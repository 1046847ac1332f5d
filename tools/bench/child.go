package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// Command makes a command that runs this program again, in a process of its
// own, with the arguments given: the server's memory and processor time are
// then its own.
type Command func(ctx context.Context, args ...string) *exec.Cmd

// ask runs a child to its end and reads the document that it prints.
func ask(ctx context.Context, child Command, into any, args ...string) error {
	cmd := child(ctx, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, last(errs.String()))
	}
	return json.Unmarshal(out.Bytes(), into)
}

// Address is what a server prints in one line when it serves.
type Address struct {
	URL   string `json:"url"`
	NATS  string `json:"nats"`
	Today string `json:"today"`
	// Of a furnished city: a plain handler beside it, tokens by role, what its
	// pages' paths name.
	Plain  string            `json:"plain,omitempty"`
	Tokens map[string]string `json:"tokens,omitempty"`
	Facts  map[string]any    `json:"facts,omitempty"`
}

// server is a child that serves until its input ends.
type server struct {
	Address
	cmd  *exec.Cmd
	stop io.Closer
	errs *bytes.Buffer
}

func serve(ctx context.Context, child Command, args ...string) (*server, error) {
	s := &server{cmd: child(ctx, args...), errs: &bytes.Buffer{}}
	s.cmd.Stderr = s.errs
	in, err := s.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.stop = in
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s.Address)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: the server did not begin: %w", strings.Join(args, " "), err), s.close())
	}
	return s, nil
}

// close ends the server and waits for it.
func (s *server) close() error {
	_ = s.stop.Close()
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("the server ended: %w: %s", err, last(s.errs.String()))
	}
	return nil
}

// last is the last line of what a child complained about.
func last(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
