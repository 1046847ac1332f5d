package cluster

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"

	"github.com/lotse-hamburg/lotse/events/lotse"
)

// replicas of each service, as in compose.yaml.
const replicas = 2

// services describes the deployables' processes.
func (c *Cluster) services() error {
	ports, err := freePorts(replicas * len(lotse.Services))
	if err != nil {
		return err
	}
	for i, service := range lotse.Services {
		for k := range replicas {
			c.replica(service, k+1, ports[replicas*i+k])
		}
	}
	return nil
}

// replica describes one process.
func (c *Cluster) replica(service string, number, port int) *process {
	name := fmt.Sprintf("%s-%d", service, number)
	data := filepath.Join(c.state.Data, name)
	return c.add(&process{Running: Running{Name: name, Service: service, URL: "http://" + address(c.host(name), port), Data: data}, wave: 2, ready: "/readyz",
		program: filepath.Join(c.opt.Bin, service+"d"), env: c.environment(service, address(c.host(name), port), data)})
}

// proxies are where the front asks from.
func (c *Cluster) proxies() string {
	if c.opt.Net != nil {
		return c.opt.Net.Range() + ",127.0.0.0/8"
	}
	return "127.0.0.0/8"
}

// environment of a replica, as compose.yaml has it, but for one thing: every id of
// an employee is taken as a pseudonym, as by lotse up.
func (c *Cluster) environment(service, http, data string) []string {
	all := map[string]string{
		"LOTSE_HTTP":            http,
		"LOTSE_NATS":            strings.Join(c.state.NATS, ","),
		"LOTSE_NATS_CREDS":      filepath.Join(c.state.Credentials, "creds", service+".nk"),
		"LOTSE_NATS_CA":         c.state.CA,
		"LOTSE_BUS_REPLICAS":    "3",
		"LOTSE_POSTGRES_FILE":   c.state.Databases[service],
		"LOTSE_TOKENS_FILE":     c.state.TokenList,
		"LOTSE_TRUSTED_PROXIES": c.proxies(),
		"LOTSE_DATA":            data,
		"LOTSE_DRAIN":           "1s",
		"LOTSE_OTLP":            c.opt.OTLP,
	}
	switch service {
	case "absence", "staffing":
		all["LOTSE_"+strings.ToUpper(service)+"_PSEUDONYMS"] = "*=given"
	case "booking":
		all["LOTSE_BOOKING_KEY_FILE"] = c.state.KeyFile
		all["LOTSE_BOOKING_PUBLIC_URL"] = c.state.URL + "/booking"
	case "capacity":
		all["LOTSE_CAPACITY_PUBLIC_URL"] = c.state.URL
	}
	var list []string
	for k, v := range all {
		if v != "" {
			list = append(list, k+"="+v)
		}
	}
	return list
}

// freePorts finds so many that nobody listens on, all different.
func freePorts(n int) (ports []int, err error) {
	var held []net.Listener
	defer func() {
		for _, l := range held {
			_ = l.Close()
		}
	}()
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		held = append(held, l)
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
