package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/services/natsaccess"
)

const natsConfigHelp = `Writes who may do what on a NATS server, as files that the server and its users read:

  accounts.conf      accounts, users and their rights; for every server to include
  users.json         who there is, for the next run
  creds/<user>.nk    the user's nkey seed, mode 0600; give each to its user alone
  nats-server.conf   with --server: a sample that includes accounts.conf

The four services are always there. Run again with more users, those of before stay
as they are. Seeds are never overwritten, and the other files only while nobody has
edited them. Have the servers read them with "nats-server --signal reload".

Each user must use its own prefix for answers, _INBOX_<user>.`

const natsConfigExample = `  lotse nats-config --out nats --hr sap --hr personio --frontend web --monitor grafana --operator ops
  lotse nats-config --out nats --server --name n1 --tls-cert n1.pem --tls-key n1-key.pem --tls-ca ca.pem \
      --cluster lotse --route nats-route://n2:6222 --route nats-route://n3:6222
  lotse nats-config --out nats --rotate hr-sap --remove frontend-web`

type natsConfigFlags struct {
	out            string
	users          map[natsaccess.Role]*[]string
	remove, rotate []string
	server         bool
	sample         natsaccess.Server
	force, json    bool
}

func newNATSConfig() *cobra.Command {
	f := natsConfigFlags{users: map[natsaccess.Role]*[]string{}}
	cmd := &cobra.Command{
		Use:     "nats-config --out <folder>",
		Short:   "Write accounts, rights and credentials for a NATS server",
		Long:    natsConfigHelp,
		Example: natsConfigExample,
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			wish, err := f.wish(cmd)
			if err != nil {
				return misuse(cmd, err)
			}
			done, err := natsaccess.Ensure(f.out, wish)
			if err != nil {
				return err
			}
			if f.json {
				return printJSON(cmd.OutOrStdout(), done)
			}
			printAccess(cmd.OutOrStdout(), f.out, done)
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.out, "out", "", "`folder` of the files")
	for role, usage := range map[natsaccess.Role]string{
		natsaccess.HR:       "`source` of an HR system, which publishes hr.absence.v1.<source>.> (repeatable)",
		natsaccess.Frontend: "`name` of a frontend, which reads free slots (repeatable)",
		natsaccess.Monitor:  "`name` of who looks at the servers (repeatable)",
		natsaccess.Operator: "`name` of who looks at streams and may throw them away (repeatable)",
	} {
		f.users[role] = flags.StringArray(string(role), nil, usage)
	}
	flags.StringArrayVar(&f.remove, "remove", nil, "`user` whose credentials are to be worth nothing (repeatable)")
	flags.StringArrayVar(&f.rotate, "rotate", nil, "`user` who gets new credentials (repeatable)")
	flags.BoolVar(&f.server, "server", false, "write nats-server.conf, too")
	flags.StringVar(&f.sample.Name, "name", "lotse", "`name` of the server, its own in a cluster")
	flags.StringVar(&f.sample.Listen, "listen", "127.0.0.1:4222", "`address` of the server")
	flags.StringVar(&f.sample.JetStream, "jetstream", "/var/lib/nats", "`folder` of the server's streams")
	flags.StringVar(&f.sample.Cert, "tls-cert", "", "`file` of the server's certificate")
	flags.StringVar(&f.sample.Key, "tls-key", "", "`file` of its key")
	flags.StringVar(&f.sample.CA, "tls-ca", "", "`file` of the authority that clients' certificates must come from")
	flags.StringVar(&f.sample.Cluster, "cluster", "", "`name` of the cluster")
	flags.StringVar(&f.sample.ClusterAt, "cluster-listen", "0.0.0.0:6222", "`address` for the other servers")
	flags.StringArrayVar(&f.sample.Routes, "route", nil, "`URL` of another server, nats-route://host:6222 (repeatable)")
	flags.BoolVar(&f.force, "force", false, "overwrite configurations that were edited by hand; seeds are not")
	flags.BoolVar(&f.json, "json", false, "print one JSON document")
	return cmd
}

// ofServer are the flags that speak about nats-server.conf.
var ofServer = []string{"name", "listen", "jetstream", "tls-cert", "tls-key", "tls-ca", "cluster", "cluster-listen", "route"}

func (f natsConfigFlags) wish(cmd *cobra.Command) (natsaccess.Wish, error) {
	w := natsaccess.Wish{Remove: f.remove, Rotate: f.rotate, Force: f.force}
	if f.out == "" {
		return w, errors.New("--out is missing: name the folder for the files")
	}
	for _, role := range natsaccess.Roles() {
		for _, name := range *f.users[role] {
			u, err := natsaccess.Named(role, name)
			if err != nil {
				return w, fmt.Errorf("--%s: %w", role, err)
			}
			w.Add = append(w.Add, u)
		}
	}
	if f.server {
		w.Server = &f.sample
		return w, f.sample.Check()
	}
	if i := slices.IndexFunc(ofServer, cmd.Flags().Changed); i >= 0 {
		return w, fmt.Errorf("--%s is about nats-server.conf: add --server", ofServer[i])
	}
	return w, nil
}

func printAccess(out io.Writer, folder string, done natsaccess.Result) {
	for _, path := range done.Written {
		fmt.Fprintf(out, "wrote    %s\n", path)
	}
	for _, name := range done.Removed {
		fmt.Fprintf(out, "removed  %s\n", name)
	}
	if len(done.Written) == 0 {
		fmt.Fprintf(out, "%s is as it should be: nothing was written.\n", folder)
	}
	var names []string
	for _, u := range done.Users {
		names = append(names, u.Name)
	}
	fmt.Fprintf(out, "Users: %s.\nA user connects with --nkey %s and --inbox-prefix %s (options of the nats command line).\n",
		strings.Join(names, ", "), filepath.Join(folder, "creds", "<user>.nk"), natsaccess.InboxPrefix("<user>"))
}
