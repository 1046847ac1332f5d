package cluster

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// servers of the bus, as compose.yaml names them.
var servers = []string{"nats-1", "nats-2", "nats-3"}

// natsPorts are those of one server: for clients, for the other servers, for
// who monitors it.
type natsPorts struct{ client, cluster, monitor int }

// natsConfig makes of deploy/nats/nats.conf, which is for containers, one for
// this machine. What it does not find there is an error, so that both stay alike.
func natsConfig(deployed string, name, store string, tls secrets, host func(string) string, ports []natsPorts, at int, accounts string) (string, error) {
	q := strconv.Quote
	change := []struct{ from, to string }{
		{"listen: 0.0.0.0:4222", "listen: " + q(address(host(name), ports[at].client))},
		{"http: 0.0.0.0:8222", "http: " + q(address(host(name), ports[at].monitor))},
		{"store_dir: /data", "store_dir: " + q(store)},
		{"listen: 0.0.0.0:6222", "listen: " + q(address(host(name), ports[at].cluster))},
		{"cert_file: /etc/nats/tls/server.pem", "cert_file: " + q(tls.path("tls", name+".pem"))},
		{"key_file: /etc/nats/tls/server-key.pem", "key_file: " + q(tls.path("tls", name+"-key.pem"))},
		{"ca_file: /etc/nats/tls/ca.pem", "ca_file: " + q(tls.path("tls", "ca.pem"))},
		{"include accounts/accounts.conf", "include " + q(accounts)},
	}
	for i, other := range servers {
		change = append(change, struct{ from, to string }{"nats-route://" + other + ":6222", "nats-route://" + address(host(other), ports[i].cluster)})
	}
	for _, c := range change {
		if !strings.Contains(deployed, c.from) {
			return "", fmt.Errorf("nats.conf no longer has %q: change tools/cluster with it", c.from)
		}
		deployed = strings.ReplaceAll(deployed, c.from, c.to)
	}
	if strings.Contains(deployed, "/etc/") || strings.Contains(deployed, "0.0.0.0") {
		return "", fmt.Errorf("nats.conf names something of a container that tools/cluster does not know")
	}
	return deployed, nil
}

func address(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }

// bus writes the servers' configurations and describes their processes.
func (c *Cluster) bus() error {
	deployed, err := os.ReadFile(filepath.Join(c.opt.Deploy, "nats", "nats.conf"))
	if err != nil {
		return err
	}
	all, err := freePorts(3 * len(servers))
	if err != nil {
		return err
	}
	var ports []natsPorts
	for i := range servers {
		ports = append(ports, natsPorts{all[3*i], all[3*i+1], all[3*i+2]})
		c.state.NATS = append(c.state.NATS, "tls://"+address(c.host(servers[i]), ports[i].client))
	}
	c.state.CA, c.state.Credentials = c.secrets.path("tls", "ca.pem"), c.secrets.path("nats")
	for i, name := range servers {
		folder := filepath.Join(c.state.Data, name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		// An include is looked for beside the file that has it.
		text, err := natsConfig(string(deployed), name, filepath.Join(folder, "store"), c.secrets, c.host, ports, i, "../secrets/nats/accounts.conf")
		if err != nil {
			return err
		}
		file := filepath.Join(folder, "nats.conf")
		if err := write(file, []byte(text)); err != nil {
			return err
		}
		c.add(&process{Running: Running{Name: name, URL: "http://" + address(c.host(name), ports[i].monitor), Data: folder}, ready: "/healthz", wave: 1,
			program: filepath.Join(c.opt.Bin, "nats-server"), args: []string{"--config", file}, env: []string{"NATS_NAME=" + name}})
	}
	return nil
}
