package natsaccess

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"github.com/nats-io/nkeys"

	"github.com/lotse-hamburg/lotse/events"
)

// accounts writes the include of a server's configuration. With local, who
// gives no credentials is let in, too.
func accounts(users []User, local bool) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "accounts {\n")
	fmt.Fprintf(&b, "  %s {\n    jetstream: enabled\n    exports: [\n      { service: %s, accounts: [%s] }\n", accountLotse, quote(events.HRAbsenceSubject+".>"), accountHR)
	frontends := slices.DeleteFunc(slices.Clone(users), func(u User) bool { return u.Role != Frontend })
	var asks, hears, names []string
	for _, u := range frontends {
		asks, hears = crossing(u) // but for the inbox the same for all
		names = append(names, u.Account())
		fmt.Fprintf(&b, "      { stream: %s, accounts: [%s] }\n", quote(hears[0]), u.Account())
	}
	for _, s := range asks {
		fmt.Fprintf(&b, "      { service: %s, response_type: stream, accounts: [%s] }\n", quote(s), strings.Join(names, ", "))
	}
	for _, s := range hears[min(1, len(hears)):] {
		fmt.Fprintf(&b, "      { stream: %s, accounts: [%s] }\n", quote(s), strings.Join(names, ", "))
	}
	b.WriteString("    ]\n")
	list(&b, accountLotse, users, local)
	for _, u := range frontends {
		fmt.Fprintf(&b, "  %s {\n    imports: [\n", u.Account())
		asks, hears := crossing(u)
		for _, s := range asks {
			fmt.Fprintf(&b, "      { service: { account: %s, subject: %s } }\n", accountLotse, quote(s))
		}
		for _, s := range hears {
			fmt.Fprintf(&b, "      { stream: { account: %s, subject: %s } }\n", accountLotse, quote(s))
		}
		b.WriteString("    ]\n")
		list(&b, u.Account(), users, false)
	}
	fmt.Fprintf(&b, "  %s {\n    imports: [ { service: { account: %s, subject: %s } } ]\n", accountHR, accountLotse, quote(events.HRAbsenceSubject+".>"))
	list(&b, accountHR, users, false)
	fmt.Fprintf(&b, "  %s {\n", accountSystem)
	list(&b, accountSystem, users, false)
	fmt.Fprintf(&b, "}\nsystem_account: %s\n", accountSystem)
	if local {
		fmt.Fprintf(&b, "no_auth_user: %s\n", nobody())
	}
	return b.Bytes()
}

// crossing are the requests and the messages that cross from LOTSE to a
// frontend's account, its inbox first; answers lead back. $JS.API.INFO, which the
// user may not ask, tells the server that JetStream is elsewhere: else it would
// refuse them itself. The inbox crosses because JetStream delivers there what is
// watched.
func crossing(frontend User) (asks, hears []string) {
	r := frontend.Rights()
	return append(r.Publish, "$JS.API.INFO"), r.Subscribe
}

// list ends an account with its users.
func list(b *bytes.Buffer, account string, users []User, local bool) {
	b.WriteString("    users: [\n")
	for _, u := range users {
		if u.Account() == account {
			fmt.Fprintf(b, "      # %s, inbox prefix %s\n      { nkey: %s, permissions: %s }\n", u.Name, InboxPrefix(u.Name), u.Public, permissions(u.Rights()))
		}
	}
	if local {
		fmt.Fprintf(b, "      # whoever gives no credentials\n      { nkey: %s, permissions: %s }\n", nobody(), permissions(anyone()))
	}
	b.WriteString("    ]\n  }\n")
}

// nobody is the public key under which the server knows who gives no
// credentials. It is no secret: it opens what is open.
func nobody() string {
	seed := sha256.Sum256([]byte("whoever gives no credentials"))
	pair, err := nkeys.FromRawSeed(nkeys.PrefixByteUser, seed[:])
	if err != nil {
		panic(err) // 32 bytes are a seed
	}
	public, err := pair.PublicKey()
	if err != nil {
		panic(err)
	}
	return public
}

// permissions in the server's language. A list that is empty would allow all.
func permissions(r Rights) string {
	var b strings.Builder
	part := func(name string, subjects []string) {
		fmt.Fprintf(&b, "\n          %s: [", name)
		for _, s := range subjects {
			b.WriteString("\n            " + quote(s))
		}
		b.WriteString("\n          ]")
	}
	b.WriteString("{\n        publish: {")
	part("allow", r.Publish)
	if len(r.Deny) > 0 {
		part("deny", r.Deny)
	}
	b.WriteString("\n        }\n        subscribe: {")
	part("allow", r.Subscribe)
	b.WriteString("\n        }")
	if r.Answers {
		// A message from another account must be answered within the server's two minutes.
		b.WriteString("\n        allow_responses: { max: 1, expires: \"2m\" }")
	}
	b.WriteString("\n      }")
	return b.String()
}

func quote(s string) string { return strconv.Quote(s) }

// Server is what the sample configuration of a server says beside the accounts.
type Server struct {
	Name      string   // of the server; "" for lotse
	Listen    string   // host:port of clients
	JetStream string   // folder of the streams
	Cert, Key string   // files of its certificate; empty: no TLS
	CA        string   // file of the authority that clients' certificates must come from; empty: clients need none
	Cluster   string   // name; empty: one server alone
	ClusterAt string   // host:port for the other servers
	Routes    []string // URLs of the other servers, nats-route://host:port
}

// Check names the first setting that cannot work.
func (s Server) Check() error {
	switch {
	case (s.Cert == "") != (s.Key == ""):
		return fmt.Errorf("TLS certificate %q and key %q: give both or none", s.Cert, s.Key)
	case s.CA != "" && s.Cert == "":
		return fmt.Errorf("TLS authority %q without a certificate of the server: give certificate and key, too", s.CA)
	case s.Cluster == "" && len(s.Routes) > 0:
		return fmt.Errorf("routes %s without a cluster: name it", strings.Join(s.Routes, ", "))
	case s.Cluster != "" && s.Name == "":
		return fmt.Errorf("cluster %q: name the server, each by another name", s.Cluster)
	case s.Cluster != "" && s.CA == "":
		return fmt.Errorf("cluster %q without TLS authority: whoever reaches the port of the routes would be let in; give certificate, key and authority", s.Cluster)
	}
	return nil
}

var sample = template.Must(template.New("").Funcs(template.FuncMap{"q": quote}).Parse(`server_name: {{q .Name}}
listen: {{q .Listen}}
max_payload: 1MB
jetstream { store_dir: {{q .JetStream}} }
{{- define "tls"}}
tls {
  cert_file: {{q .Cert}}
  key_file: {{q .Key}}
  {{- if .CA}}
  ca_file: {{q .CA}}
  verify: true
  {{- end}}
}
{{- end}}
{{- if .Cert}}{{template "tls" .}}{{end}}
{{- if .Cluster}}
cluster {
  name: {{q .Cluster}}
  listen: {{q .ClusterAt}}
  routes: [
    {{- range .Routes}}
    {{q .}}
    {{- end}}
  ]
  {{- template "tls" .}}
}
{{- end}}
include accounts.conf
`))

// config writes the sample configuration of a server.
func (s Server) config() []byte {
	var b bytes.Buffer
	if err := sample.Execute(&b, s); err != nil {
		panic(err) // a template of ours on a value of ours
	}
	return b.Bytes()
}
