package daemon

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/kelseyhightower/envconfig"
)

// Read fills a struct from the environment. An error names the variable, its
// value and the cure.
func Read(prefix string, into any) error {
	defer hide(prefix, into)()
	err := envconfig.Process(prefix, into)
	var wrong *envconfig.ParseError
	if !errors.As(err, &wrong) {
		return err
	}
	cure := "write a whole number"
	switch wrong.TypeName {
	case "time.Duration":
		cure = "write a duration, such as 500ms, 30s or 2m"
	case "float64":
		cure = "write a number, such as 0.5"
	case "bool":
		cure = "write true or false"
	}
	return fmt.Errorf("%s is %q: %s", wrong.KeyName, wrong.Value, cure)
}

// hide takes variables out of sight that are named like settings without the
// prefix, until what it returns is called: the library would take TLS_CERT or
// KEY_FILE, which somebody else may have set, for ours.
func hide(prefix string, of any) (show func()) {
	hidden := map[string]string{}
	for _, s := range settings(prefix, of) {
		bare := strings.TrimPrefix(s.key, prefix+"_")
		if value, set := os.LookupEnv(bare); set {
			hidden[bare] = value
			_ = os.Unsetenv(bare)
		}
	}
	return func() {
		for name, value := range hidden {
			_ = os.Setenv(name, value)
		}
	}
}

// setting is one line of what a deployable reads.
type setting struct{ key, standard, desc string }

// settings lists what a deployable reads.
func (p Program) settings() []setting {
	return append(settings("LOTSE", &Config{}), settings(p.prefix(), p.Own)...)
}

// settings lists what a struct reads.
func settings(prefix string, of any) (all []setting) {
	const row = "{{range .}}{{usage_key .}}\t{{usage_default .}}\t{{usage_description .}}\n{{end}}"
	var b bytes.Buffer
	_ = envconfig.Usagef(prefix, of, &b, row)
	for line := range strings.Lines(b.String()) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		all = append(all, setting{f[0], f[1], f[2]})
	}
	return all
}

// usage prints the settings for a terminal of 80 columns.
func (p Program) usage(out io.Writer) {
	_, _ = fmt.Fprintf(out, "%sd runs the service %s.\n\n"+
		"  -check          check the configuration and exit; what is wrong is named with its cure\n"+
		"  -check=connect  and reach database and bus, changing nothing\n"+
		"  -migrate        bring the database's tables up to date and exit; serving does so, too\n"+
		"  -ready          ask who serves at LOTSE_HTTP whether it is ready, as a health check\n"+
		"  -version        say which version this is\n"+
		"  -table          print these settings, tab-separated\n"+
		"  -help           this text\n\nIt is configured by the environment; in brackets what holds where a variable is not set:\n", p.Name, p.Name)
	for _, s := range p.settings() {
		_, _ = fmt.Fprintf(out, "\n%s [%s]\n%s", s.key, cmp.Or(s.standard, "empty"), wrapped(s.desc, 76))
	}
}

// table prints the settings as tab-separated lines: name, default, what it does.
func (p Program) table(out io.Writer) {
	for _, s := range p.settings() {
		_, _ = fmt.Fprintf(out, "%s\t%s\t%s\n", s.key, s.standard, s.desc)
	}
}

// wrapped breaks a text into indented lines.
func wrapped(text string, width int) string {
	var b strings.Builder
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			fmt.Fprintf(&b, "    %s\n", line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	fmt.Fprintf(&b, "    %s\n", line)
	return b.String()
}

// Unread lists variables of the environment that look like settings and are none
// of a struct.
func Unread(environ []string, prefix string, of any) []string {
	return Program{}.unread(environ, settings(prefix, of), nil)
}

// unread lists those that are known neither here nor to the other services.
func (p Program) unread(environ []string, known []setting, others []string) (all []string) {
	for _, entry := range environ {
		key, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(key, "LOTSE_") || key == "LOTSE_TOKEN" || strings.HasPrefix(key, "LOTSE_TEST_") ||
			slices.ContainsFunc(known, func(s setting) bool { return s.key == key }) {
			continue
		}
		of := func(service string) bool {
			return service != p.Name && strings.HasPrefix(key, "LOTSE_"+strings.ToUpper(service)+"_")
		}
		if !slices.ContainsFunc(others, of) {
			all = append(all, key)
		}
	}
	slices.Sort(all)
	return all
}

// warn tells of what was meant to be set and is not: a misspelt LOTSE_TLS_CERT
// would serve without TLS, and nobody would know. It is no error, since others
// put variables there, too (Kubernetes, for a service named lotse).
func (p Program) warn(out io.Writer) {
	for _, key := range p.unread(os.Environ(), p.settings(), services) {
		_, _ = fmt.Fprintf(out, "%sd: warning: %s is not a setting and does nothing: correct its name, see %sd -help\n", p.Name, key, p.Name)
	}
}

// services may share an environment.
var services = []string{"absence", "staffing", "capacity", "booking"}
