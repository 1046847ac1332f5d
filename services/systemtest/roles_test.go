package systemtest

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
)

// psql of this machine, as pgtest finds the server.
func psql(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("psql"); err == nil {
		return path
	}
	all, _ := filepath.Glob("/usr/lib/postgresql/*/bin/psql")
	if len(all) == 0 {
		pgtest.Missing(t, errors.New("there is no psql to run deploy/postgres/init.sh with (Debian: apt-get install postgresql-client)"))
	}
	return slices.Max(all)
}

// deploy/postgres/init.sh makes a role for each service, with which it keeps its
// log and reads nobody else's.
func TestRolesOfTheDatabase(t *testing.T) {
	program, server := psql(t), pgtest.Start(t)
	for _, role := range []string{"lotse_absence", "lotse_staffing", "lotse_capacity", "lotse_booking", "monitor"} {
		if err := pgtest.Exec(server, "DROP ROLE IF EXISTS "+role); err != nil {
			pgtest.Missing(t, fmt.Errorf("the server has this role and something of it: %w", err))
		}
		t.Cleanup(func() {
			if err := pgtest.Exec(server, "DROP ROLE IF EXISTS "+role); err != nil {
				t.Error(err)
			}
		})
	}
	address, err := url.Parse(pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	secrets := t.TempDir()
	for _, name := range append([]string{"monitor"}, lotse.Services[:]...) {
		if err := os.WriteFile(filepath.Join(secrets, "postgres-"+name), []byte("secret of "+name+"'s\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("sh", "../../deploy/postgres/init.sh")
	password, _ := address.User.Password()
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(program)+":"+os.Getenv("PATH"), "PGHOST="+host(address), "PGPORT="+port(address), "PGPASSWORD="+password, "PGSSLMODE=disable",
		"POSTGRES_USER="+address.User.Username(), "POSTGRES_DB="+address.Path[1:], "PASSWORDS="+secrets)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	bin := programs(t)
	of := func(service, secret string) string {
		u := *address
		u.User = url.UserPassword("lotse_"+service, "secret of "+secret+"'s")
		return u.String()
	}
	for _, service := range lotse.Services {
		cmd := exec.Command(filepath.Join(bin, service+"d"), "-migrate")
		cmd.Env = append(os.Environ(), "LOTSE_POSTGRES="+of(service, service), "LOTSE_DATA="+t.TempDir(), "LOTSE_ABSENCE_PSEUDONYMS=*=given", "LOTSE_STAFFING_PSEUDONYMS=*=given")
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "up to date") {
			t.Errorf("%s as its own role: %v\n%s", service, err, out)
		}
		for _, other := range lotse.Services {
			err := pgtest.Exec(of(service, service), "SELECT count(*) FROM lotse_"+other+".log_schema")
			if own := service == other; own != (err == nil) || !own && !strings.Contains(err.Error(), "permission denied") {
				t.Errorf("%s reads the log of %s: %v", service, other, err)
			}
		}
	}
}

// host is a name, an address, or the folder of a socket.
func host(u *url.URL) string {
	if h := u.Query().Get("host"); h != "" {
		return h
	}
	return u.Hostname()
}

func port(u *url.URL) string {
	if p := u.Query().Get("port"); p != "" {
		return p
	}
	if u.Port() == "" {
		return "5432"
	}
	return u.Port()
}
