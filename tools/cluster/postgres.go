package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lotse-hamburg/lotse/services/postgresbin"
)

// postgres is the name of its process.
const postgres = "postgres"

// database makes the cluster of Postgres where there is none, and describes its
// process.
func (c *Cluster) database(ctx context.Context) error {
	bin, err := postgresbin.Find("initdb", "postgres", "psql")
	if err != nil {
		return err
	}
	as, err := postgresbin.Account()
	if err != nil {
		return err
	}
	folder := filepath.Join(c.state.Data, "postgres")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	if as != nil {
		if err := os.Chown(folder, int(as.Uid), int(as.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(folder, "data")
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); errors.Is(err, fs.ErrNotExist) {
		c.freshDatabase = true
		if err := c.initdb(ctx, bin, data, as); err != nil {
			return fmt.Errorf("make a database in %s: %w", data, err)
		}
	}
	ports, err := freePorts(1)
	if err != nil {
		return err
	}
	c.state.Databases = map[string]string{}
	for _, who := range append([]string{"postgres-admin"}, passwords()...) {
		password, err := secret(c.secrets.path(who))
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(who, "postgres-")
		role := "lotse_" + name
		if name == "admin" {
			role = "postgres"
		}
		u := url.URL{Scheme: "postgres", User: url.UserPassword(role, password), Host: address(c.host(postgres), ports[0]), Path: "/lotse", RawQuery: "sslmode=disable"}
		c.state.Databases[name] = c.secrets.path(who + ".url")
		if err := write(c.state.Databases[name], []byte(u.String()+"\n")); err != nil {
			return err
		}
	}
	// The same settings as in compose.yaml.
	args := []string{"-D", data, "-k", folder, "-h", c.host(postgres), "-p", strconv.Itoa(ports[0])}
	for _, setting := range []string{"max_connections=200", "synchronous_commit=on", "fsync=on", "full_page_writes=on", "log_min_duration_statement=500"} {
		args = append(args, "-c", setting)
	}
	c.postgres = c.add(&process{Running: Running{Name: postgres, Data: folder}, program: filepath.Join(bin, "postgres"), args: args, as: as, dir: folder,
		end: syscall.SIGINT, answers: func(ctx context.Context) error { return c.psql(ctx, bin, ports[0], "SELECT 1") }})
	c.roles = func(ctx context.Context) error {
		if !c.freshDatabase {
			return nil
		}
		if err := c.psql(ctx, bin, ports[0], "CREATE DATABASE lotse"); err != nil {
			return err
		}
		script := exec.CommandContext(ctx, "/bin/sh", filepath.Join(c.opt.Deploy, "postgres", "init.sh"))
		script.Env = append(c.asAdmin(bin, ports[0]), "POSTGRES_USER=postgres", "POSTGRES_DB=lotse", "PASSWORDS="+string(c.secrets))
		return said(script)
	}
	return nil
}

// asAdmin is the environment in which psql asks this server and no other.
func (c *Cluster) asAdmin(bin string, port int) []string {
	password, _ := secret(c.secrets.path("postgres-admin"))
	return []string{"PATH=" + bin + ":/usr/bin:/bin", "PGHOST=" + c.host(postgres), "PGPORT=" + strconv.Itoa(port), "PGPASSWORD=" + password, "PGCONNECT_TIMEOUT=3", "LC_ALL=C"}
}

func (c *Cluster) psql(ctx context.Context, bin string, port int, statement string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "psql"), "-X", "-q", "-U", "postgres", "-d", "postgres", "-c", statement)
	cmd.Env = c.asAdmin(bin, port)
	return said(cmd)
}

// said runs a program and puts the end of what it said into the error.
func said(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil
	}
	text := strings.TrimSpace(string(out))
	return fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), err, text[max(0, len(text)-600):])
}

func (c *Cluster) initdb(ctx context.Context, bin, data string, as *syscall.Credential) error {
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	password, err := secret(c.secrets.path("postgres-admin"))
	if err != nil {
		return err
	}
	// The folder of secrets is closed to whom Postgres runs as.
	file := filepath.Join(filepath.Dir(data), "password")
	if err := write(file, []byte(password+"\n")); err != nil {
		return err
	}
	defer func() { _ = os.Remove(file) }()
	if as != nil {
		if err := os.Chown(file, int(as.Uid), int(as.Gid)); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "--pgdata="+data, "--username=postgres", "--pwfile="+file, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C")
	cmd.Dir = filepath.Dir(data)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	if err := said(cmd); err != nil || c.opt.Net == nil {
		return err
	}
	hba, err := os.OpenFile(filepath.Join(data, "pg_hba.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(hba, "host all all %s scram-sha-256\n", c.opt.Net.Range())
	return errors.Join(err, hba.Close())
}
