package systemtest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	_ "modernc.org/sqlite" // to read snapshots

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	staffingevents "github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/absence"
	"github.com/lotse-hamburg/lotse/services/allinone"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
	"github.com/lotse-hamburg/lotse/services/internal/pseudonym"
)

// What must be found nowhere. Letters sent to citizens are theirs and not looked
// into.
const (
	plantedName   = "Brunhilde Käsebier-Öztürk"
	plantedFamily = "Käsebier-Öztürk"
	plantedMail   = "brunhilde.kaesebier@planted.example"
	plantedPhone  = "+4940987654321"
	plantedReason = "Bandscheibenvorfall"
	plantedText   = "Rückenleiden seit Montag"
	plantedNumber = "PN-7731599042"
)

var planted = []string{plantedName, plantedFamily, plantedMail, "brunhilde.kaesebier", "planted.example", plantedPhone, "40987654321", "040 98765-4321",
	plantedReason, plantedText, "Rückenleiden", plantedNumber, "7731599042"}

// canary is planted where everybody may see it: a search that does not find it
// proves nothing.
const canary = "Kanarienvogelplatz"

// spy is where logs and traces go.
type spy struct {
	mu    sync.Mutex
	bytes bytes.Buffer
}

func (s *spy) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.bytes.Write(b)
}

func (s *spy) seen() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.bytes.Bytes())
}

// office takes in letters.
type office struct {
	mu      sync.Mutex
	letters []string
	arrived chan struct{}
}

func (o *office) open(t *testing.T) string {
	t.Helper()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return o, nil }))
	s.Domain = "localhost"
	go func() { _ = s.Serve(listen) }()
	t.Cleanup(func() { _ = s.Close() })
	return listen.Addr().String()
}

func (o *office) Reset()                               {}
func (o *office) Logout() error                        { return nil }
func (o *office) Mail(string, *smtp.MailOptions) error { return nil }
func (o *office) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.letters = append(o.letters, strings.ReplaceAll(strings.ReplaceAll(string(raw), "=\r\n", ""), "=3D", "="))
	close(o.arrived)
	o.arrived = make(chan struct{})
	return err
}

// Rcpt refuses one of them with words that hold the address, as servers do.
func (o *office) Rcpt(to string, _ *smtp.RcptOptions) error {
	if strings.Contains(to, "+unknown") {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "<" + to + ">: user unknown"}
	}
	return nil
}

// link waits for a letter with a link of a kind that was not handed out yet.
func (o *office) link(t *testing.T, kind string, used map[string]bool) string {
	t.Helper()
	form := regexp.MustCompile(`https://lotse\.example(/v1/links/\S+/` + kind + `)`)
	deadline := time.After(20 * time.Second)
	for {
		o.mu.Lock()
		all, arrived := o.letters, o.arrived
		o.mu.Unlock()
		for _, l := range all {
			if m := form.FindStringSubmatch(l); m != nil && !used[m[1]] {
				used[m[1]] = true
				return m[1]
			}
		}
		select {
		case <-arrived:
		case <-deadline:
			t.Fatalf("no letter has a link to %s; %d letters", kind, len(all))
		}
	}
}

// A city lives through everything that personal data can come in by, well-formed
// or not. What it has written afterwards, and told of itself, has none of it.
func TestNoPersonalDataInClear(t *testing.T) {
	for _, log := range []string{"sqlite", "postgres"} {
		t.Run(log, func(t *testing.T) {
			cfg := allinone.Config{Data: t.TempDir(), SnapshotEvery: 50, StaffNumbers: true}
			if log == "postgres" {
				cfg.Postgres = pgtest.Database(t)
			}
			logs, traces := &spy{}, &spy{}
			collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if r.Header.Get("Content-Encoding") != "" {
					t.Error("traces are compressed and cannot be searched")
				}
				_, _ = io.Copy(traces, r.Body)
			}))
			t.Cleanup(collector.Close)
			cfg.OTLP = collector.URL
			cfg.Logger = slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
			mail := &office{arrived: make(chan struct{})}
			address := mail.open(t)
			cfg.Booking = func(c *booking.Config) {
				c.SMTPAddress, c.SMTPProtect, c.MailFrom, c.PublicURL = address, "none", "termine@lotse.example", "https://lotse.example"
				c.RateCommands, c.RateReads, c.HoldsPerClient, c.WrongCodes = 0, 0, 0, 0
			}
			secrets := t.TempDir()
			if err := os.WriteFile(filepath.Join(secrets, "hr"), []byte(webhookSecret), 0o600); err != nil {
				t.Fatal(err)
			}
			cfg.Absence = func(c *absence.Config) { c.WebhookSecrets = secrets }
			w := start(t, cfg)
			w.settle(true)
			p := &plant{town: w, mail: mail, logs: logs}
			p.numbers(filepath.Join(cfg.Data, "staff.pseudonym-key"))
			p.hr()
			p.webhooks()
			p.tables()
			p.citizens()
			w.quiet()
			metrics := p.send("GET", "/metrics", nil, "")
			w.down() // writes snapshots, and sends the last spans

			all := needles(planted)
			hay := map[string][]byte{"the log": logs.seen(), "the traces": traces.seen(), "the metrics": metrics, "what HR was answered": p.answers.Bytes()}
			found, files, size := searchFolder(t, cfg.Data, all)
			if log == "postgres" {
				hay["the database"] = dump(t, cfg.Postgres)
			} else {
				hay["the snapshots"] = snapshots(t, cfg.Data)
			}
			for where, b := range hay {
				found = append(found, search(where, b, all)...)
				size += int64(len(b))
			}
			for i, f := range found {
				if i == 40 {
					t.Errorf("and %d more", len(found)-i)
					break
				}
				t.Error(f)
			}
			t.Logf("searched %d bytes in %d files, the log, traces, metrics and answers for %d ways of writing %d words", size, files, len(all), len(planted))

			// What was planted came in.
			if n := bytes.Count(p.answers.Bytes(), []byte(`"recorded"`)); n < 10 {
				t.Errorf("only %d absences were recorded", n)
			}
			if bytes.Contains(p.answers.Bytes(), []byte("this needs to know who asks")) || bytes.Contains(p.answers.Bytes(), []byte("not-allowed")) {
				t.Error("HR was not let in")
			}
			mail.mu.Lock()
			if letters := len(mail.letters); letters < 5 {
				t.Errorf("only %d letters were written", letters)
			}
			mail.mu.Unlock()
			// The search sees into all of it.
			bird := needles([]string{canary})
			if seen, _, _ := searchFolder(t, cfg.Data, bird); len(seen) == 0 {
				t.Error("the canary was not found in the data folder")
			}
			for where, word := range map[string]string{"the log": "HR message refused", "the traces": "receive HR message", "the metrics": "lotse_absence_stripped_fields",
				"what HR was answered": "data.from", "the database": canary, "the snapshots": "south"} {
				if b, has := hay[where]; has && !bytes.Contains(b, []byte(word)) {
					t.Errorf("%s (%d bytes) does not hold %q, so it was not searched", where, len(b), word)
				}
			}
		})
	}
}

// snapshots are those of all services, with what is deflated in them.
func snapshots(t *testing.T, dir string) (out []byte) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.db"))
	if err != nil || len(paths) != 4 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := db.Query(`SELECT data FROM snapshots`)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var data []byte
			if err := rows.Scan(&data); err != nil {
				t.Fatal(err)
			}
			out = append(append(out, data...), inflated(data)...)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = db.Close()
	}
	return out
}

// dump is every row of every table, as text; bytes are hexadecimal there.
func dump(t *testing.T, address string) []byte {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname LIKE 'lotse%'`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(tables) == 0 {
		t.Fatal(tables, err)
	}
	var out bytes.Buffer
	for _, table := range tables {
		rows, err := conn.Query(ctx, `SELECT r::text FROM `+table+` r`)
		if err != nil {
			t.Fatal(err)
		}
		lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			out.WriteString(l + "\n")
			for _, m := range bytea.FindAllStringSubmatch(l, -1) {
				if raw, err := hex.DecodeString(m[1]); err == nil {
					out.Write(raw)
					out.WriteByte('\n')
				}
			}
		}
	}
	return out.Bytes()
}

var bytea = regexp.MustCompile(`\\x([0-9a-f]+)`)

// plant is a town into which personal data is brought.
type plant struct {
	*town
	mail    *office
	logs    *spy
	answers bytes.Buffer // to HR
}

// send asks booking as a stranger does, and the others as HR, with personal data
// in every header, and returns the answer.
func (p *plant) send(method, path string, body []byte, kind string, header ...string) []byte {
	p.t.Helper()
	req, err := http.NewRequest(method, p.url(path), bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for _, h := range []string{"User-Agent", "Referer", "X-Reason", "Baggage", "Tracestate", "X-Request-Id", "Cookie", "From"} {
		req.Header.Set(h, "v="+plantedReason+" "+plantedMail)
	}
	req.Header.Set("X-Forwarded-For", plantedReason)
	if !strings.HasPrefix(path, "/booking") {
		req.Header.Set("Authorization", "Bearer "+p.token())
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	jar, err := cookiejar.New(nil) // links of letters lead on by a cookie
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := (&http.Client{Jar: jar}).Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if res.StatusCode >= 500 {
		p.t.Errorf("%s %s: %d %s", method, path, res.StatusCode, raw)
	}
	return raw
}

// staff sends as staff.
func (p *plant) staff(method, path string, body any, header ...string) []byte {
	p.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.send(method, path, raw, "application/json", append(header, "Authorization", "Bearer "+p.token())...)
}

func (p *plant) answered(b []byte) { p.answers.Write(append(b, '\n')) }

// words that tell why in every place where an absence has one, and wrong ones.
func badAbsences(d day.Day) (all []map[string]any) {
	tidy := func(i int) map[string]any {
		return map[string]any{"absence_id": fmt.Sprintf("a-%d", i), "employee": plantedNumber, "from": d + day.Day(2*i), "until": d + day.Day(2*i+1), "revision": 1}
	}
	with := func(more map[string]any) {
		m := tidy(len(all) + 1)
		for k, v := range more {
			m[k] = v
		}
		all = append(all, m)
	}
	with(map[string]any{"reason": plantedReason, "comment": plantedText, "note": plantedText + " " + plantedName})
	with(map[string]any{"unknown": plantedReason, "nested": map[string]any{"deep": []string{plantedText}}})
	with(map[string]any{plantedReason: true, plantedText: plantedMail})
	with(map[string]any{"type": plantedReason, "Diagnose": plantedReason, "icd_10": "M51.2 " + plantedReason})
	for _, k := range []string{"absence_id", "employee", "from", "until", "last_day", "expected_until", "from_time", "to_time", "changed_at", "planned", "revision"} {
		with(map[string]any{k: plantedText})
		with(map[string]any{k: map[string]any{"why": plantedReason}})
		if k != "absence_id" && k != "employee" {
			with(map[string]any{k: plantedReason})
		}
	}
	return all
}

// numbers brings somebody in by the personnel number, who falls ill: staffing
// and absence meet under the pseudonym, and by the form the absence is taken back.
func (p *plant) numbers(file string) {
	t, d := p.t, today(p.t)+6
	names, err := pseudonym.Load(pseudonym.DefaultPolicy, file)
	if err != nil {
		t.Fatal(err)
	}
	who := id.Employee(names.Of("hr", plantedNumber))
	week := map[string]any{}
	for weekday := 1; weekday <= 7; weekday++ {
		week[fmt.Sprint(weekday)] = map[string]any{"from": "08:00", "to": "18:00", "breaks": []day.Span{}}
	}
	list := map[string]any{"employees": []any{map[string]any{"employee": plantedNumber, "home": south, "skills": []string{"id", "pass"}, "deployable": true, "rotation": []any{week}}}}
	began := p.mark()
	p.call("POST", "/staffing/v1/imports/staff", list, nil)
	until(p.town, began, "duties of the pseudonym", func(e staffingevents.DutiesChanged) bool { return e.Employee == who && onDuty(e, d) })
	p.answered(p.staff("POST", "/absence/v1/absences", map[string]any{"employee": plantedNumber, "from": d, "until": d + 1, "reason": plantedReason}))
	until(p.town, began, "off duty", func(e staffingevents.DutiesChanged) bool { return e.Employee == who && !onDuty(e, d) })
	began = p.mark()
	p.answered(p.staff("DELETE", "/absence/v1/absences/form/"+plantedNumber+"-"+d.String(), nil))
	until(p.town, began, "back on duty", func(e staffingevents.DutiesChanged) bool { return e.Employee == who && onDuty(e, d) })
	p.answered(p.staff("POST", "/absence/v1/vacancies", map[string]any{"post": "post-1", "centre": "north", "from": d}))
	p.answered(p.staff("POST", "/absence/v1/vacancies/post-1/fill", map[string]any{"employee": plantedNumber, "from": d}))
}

func (p *plant) hr() {
	t, d := p.t, today(p.t)+3
	var bodies [][]byte
	for _, b := range badAbsences(d) {
		raw, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, raw)
	}
	good := bodies[0]
	bodies = append(bodies, []byte(plantedText), []byte(`{"absence_id":"x","comment":"`+plantedReason), []byte(`["`+plantedReason+`"]`),
		[]byte(`{"comment":"`+strings.Repeat(plantedReason+" ", 4000)+`"}`), nil)
	for i, body := range bodies {
		name := fmt.Sprintf("planted-%d", i)
		e := events.Envelope{ID: name, Source: "https://hr.example/leave?why=" + plantedReason, Type: "hr.absence.reported.v1", Time: time.Now(), Data: body}
		h := e.Headers()
		h["ce-subject"], h["ce-reason"], h["Comment"] = []string{plantedText}, []string{plantedReason}, []string{plantedName}
		for _, subject := range []string{".hr.reported", ".hr." + plantedReason} {
			m := &nats.Msg{Subject: events.HRAbsenceSubject + subject, Header: nats.Header(h), Data: body}
			answer, err := p.nc.RequestMsg(m, 10*time.Second)
			if err != nil {
				t.Fatalf("message %d is not answered: %v", i, err)
			}
			p.answered(answer.Data)
		}
		p.answered(p.send("POST", "/absence/v1/hr/hr/events?reason="+plantedReason, body, "application/json", "ce-id", name+"-h", "ce-source", "hr", "ce-specversion", "1.0",
			"ce-type", "hr.absence.reported.v1", "ce-reason", plantedReason, "ce-subject", plantedText))
		structured, err := json.Marshal(map[string]any{"specversion": "1.0", "id": name + "-s", "source": "hr", "type": "hr.absence.reported.v1", "subject": plantedText,
			"reason": plantedReason, "data": json.RawMessage(valid(body))})
		if err != nil {
			t.Fatal(err)
		}
		p.answered(p.send("POST", "/absence/v1/hr/hr/events", structured, "application/cloudevents+json"))
		p.answered(p.send("POST", "/absence/v1/absences?why="+plantedReason, body, "application/json", "Idempotency-Key", plantedReason+fmt.Sprint(i)))
	}
	for i, attributes := range [][]string{
		{"ce-id", plantedText, "ce-source", plantedText, "ce-type", "hr.absence." + plantedReason + ".v1"},
		{"ce-id", "odd", "ce-source", "hr", "ce-type", "hr.absence.reported." + plantedReason},
		{"ce-id", "odd", "ce-source", "hr", "ce-type", "hr.absence.reported.v1", "ce-time", plantedReason},
		{"ce-id", "odd", "ce-source", "hr", "ce-type", "hr.absence.reported.v1", "ce-specversion", plantedReason},
		{"ce-id", "odd", "ce-source", "hr", "ce-type", "hr.absence.reported.v1", "traceparent", plantedReason},
	} {
		p.answered(p.send("POST", "/absence/v1/hr/hr/events", good, "application/json", attributes...))
		p.answered(p.send("POST", "/absence/v1/hr/"+url.PathEscape(plantedText)+"/events", good, "application/json", append(attributes, "ce-id", fmt.Sprint("path-", i))...))
	}
	p.answered(p.send("GET", "/absence/v1/absences?employee="+url.QueryEscape(plantedName)+"&from="+url.QueryEscape(plantedText), nil, ""))
	p.answered(p.send("GET", "/absence/v1/"+url.PathEscape(plantedText), nil, ""))
	p.answered(p.send("DELETE", "/absence/v1/absences/form/"+url.PathEscape(plantedText), nil, "", "Idempotency-Key", plantedText))
	for _, b := range []map[string]any{{"post": plantedText, "centre": "north", "from": d}, {"post": "p-1", "centre": plantedText, "from": d},
		{"post": "p-1", "centre": "north", "from": plantedReason}, {"post": "p-1", "centre": "north", "from": d, "reason": plantedReason}} {
		p.answered(p.staff("POST", "/absence/v1/vacancies", b))
		p.answered(p.staff("POST", "/absence/v1/imports/vacancies", map[string]any{"vacancies": []any{b}}))
	}
	p.answered(p.staff("POST", "/absence/v1/vacancies/"+url.PathEscape(plantedText)+"/fill", map[string]any{"employee": plantedName, "from": d}))
	p.answered(p.staff("POST", "/staffing/v1/imports/staff", map[string]any{"employees": []any{map[string]any{"employee": plantedName, "home": plantedText, "comment": plantedReason}}}))
	p.answered(p.send("GET", "/absence/v1/parked", nil, ""))
}

// valid is a body if it is JSON, else it as a text.
func valid(body []byte) []byte {
	if json.Valid(body) {
		return body
	}
	raw, _ := json.Marshal(string(body))
	return raw
}

const webhookSecret = "a secret of the webhooks, long enough"

// webhooks posts the published forms of all systems with personal data in every
// object of theirs.
func (p *plant) webhooks() {
	t := p.t
	paths, err := filepath.Glob("../absence/internal/hr/mapping/testdata/*/*.json")
	if err != nil || len(paths) < 20 {
		t.Fatalf("%d forms of HR systems: %v", len(paths), err)
	}
	for i, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var form any
		if json.Unmarshal(raw, &form) != nil {
			continue
		}
		body, err := json.Marshal(smuggle(form))
		if err != nil {
			t.Fatal(err)
		}
		system := filepath.Base(filepath.Dir(path))
		for _, b := range [][]byte{body, append([]byte(`{"`+plantedReason), body...)} {
			p.answered(p.send("POST", "/absence/v1/hr/hr/webhooks/"+system+"?why="+plantedReason, b, "application/json", p.signed(system, b)...))
		}
		if i%10 == 0 { // not signed
			p.answered(p.send("POST", "/absence/v1/hr/hr/webhooks/"+system, body, "application/json"))
		}
	}
}

// smuggle puts personal data beside what is there, and in the place of what
// tells why.
func smuggle(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{"reason": plantedReason, "comment": plantedText, "employeeName": plantedName, plantedReason: plantedMail}
		for k, x := range v {
			out[k] = smuggle(x)
			for _, why := range []string{"type", "reason", "comment", "note", "name", "description"} {
				if _, text := x.(string); text && strings.Contains(strings.ToLower(k), why) && !strings.Contains(strings.ToLower(k), "event") {
					out[k] = plantedText
				}
			}
		}
		return out
	case []any:
		for i := range v {
			v[i] = smuggle(v[i])
		}
	}
	return v
}

// signed are the headers with a system's signature.
func (p *plant) signed(system string, body []byte) []string {
	raw, err := os.ReadFile("../absence/internal/hr/mapping/systems/" + system + ".json")
	if err != nil {
		p.t.Fatal(err)
	}
	var described struct {
		Signature *struct {
			Header, Algorithm, Encoding, Prefix, Timestamp string
			Signed                                         []string
		}
	}
	if err := json.Unmarshal(raw, &described); err != nil {
		p.t.Fatal(err)
	}
	s := described.Signature
	now := fmt.Sprint(time.Now().Unix())
	message, header, of := now+"."+string(body), "X-Lotse-Signature", sha256.New
	clock, prefix, encode := "X-Lotse-Timestamp", "", hex.EncodeToString
	if s != nil {
		message, header, clock, prefix = "", s.Header, s.Timestamp, s.Prefix
		for _, part := range s.Signed {
			message += strings.NewReplacer("body", string(body), "timestamp", now).Replace(part)
		}
		if s.Algorithm == "sha512" {
			of = func() hash.Hash { return sha512.New() }
		}
		if s.Encoding == "base64" {
			encode = base64.StdEncoding.EncodeToString
		}
	}
	m := hmac.New(of, []byte(webhookSecret))
	m.Write([]byte(message))
	out := []string{header, prefix + encode(m.Sum(nil))}
	if clock != "" {
		out = append(out, clock, now)
	}
	return out
}

func (p *plant) tables() {
	d := today(p.t) + 5
	head := "absence_id;employee;from;until;Grund;Bemerkung;" + plantedReason + "\n"
	row := fmt.Sprintf("t-1;"+plantedNumber+";%s;%s;%s;%s;x\n", d, d+1, plantedReason, plantedText)
	tables := []string{head + row, head + strings.Replace(row, d.String(), plantedText, 1), head + strings.Replace(row, plantedNumber, plantedName, 1),
		head + `"` + plantedText + "\n", head + plantedText + "\n", plantedText + "\n" + row, "absence_id;absence_id;" + plantedReason + "\n"}
	for _, table := range tables {
		p.answered(p.send("POST", "/absence/v1/imports/absences?source=hr&why="+plantedReason, []byte(table), "text/csv"))
		p.answered(p.send("POST", "/absence/v1/hr/hr/sweeps?as_of="+url.QueryEscape(time.Now().UTC().Format(time.RFC3339))+"&from="+d.String(), []byte(table), "text/csv"))
		p.answered(p.send("POST", "/absence/v1/hr/hr/sweeps?from="+plantedReason+"&as_of="+plantedReason, []byte(table), "text/csv"))
	}
	calendar := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//" + plantedName + "//DE\r\nBEGIN:VEVENT\r\nUID:c-1\r\nDTSTAMP:20261101T080000Z\r\nDTSTART;VALUE=DATE:" +
		strings.ReplaceAll(d.String(), "-", "") + "\r\nSUMMARY:" + plantedReason + "\r\nDESCRIPTION:" + plantedText + "\r\nLOCATION:" + plantedText +
		"\r\nATTENDEE;CN=" + plantedName + ":mailto:" + plantedMail + "\r\nCATEGORIES:" + plantedReason + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	for _, c := range []string{calendar, strings.Replace(calendar, "UID:c-1", "UID:"+plantedText, 1), strings.Replace(calendar, "DTSTAMP:20261101T080000Z", "DTSTAMP:"+plantedReason, 1),
		strings.Replace(calendar, "SUMMARY:", "RRULE:FREQ="+plantedReason+"\r\nSUMMARY:", 1), strings.Replace(calendar, "SUMMARY:", "STATUS:"+plantedReason+"\r\nSUMMARY:", 1),
		strings.Replace(calendar, "END:VEVENT", plantedText, 1), plantedText} {
		p.answered(p.send("POST", "/absence/v1/imports/calendar?source=hr&employee="+plantedNumber, []byte(c), "text/calendar"))
		p.answered(p.send("POST", "/absence/v1/imports/calendar?source="+url.QueryEscape(plantedText)+"&employee="+url.QueryEscape(plantedName), []byte(c), "text/calendar"))
	}
}

// hold keeps a slot and returns its id.
func (p *plant) hold(at day.TimeOfDay, channel string, header ...string) string {
	p.t.Helper()
	var held struct{ Hold, Title string }
	body := map[string]any{"service": "passport", "centre": "south", "day": today(p.t) + 2, "at": at, "channel": channel}
	raw := p.staff("POST", "/booking/v1/holds", body, header...)
	if err := json.Unmarshal(raw, &held); err != nil || held.Hold == "" {
		p.t.Fatalf("no hold: %s", raw)
	}
	return held.Hold
}

func (p *plant) citizens() {
	t := p.t
	p.policy(nil)
	contact := map[string]any{"name": plantedName, "email": plantedMail, "phone": plantedPhone, "language": "de"}
	with := func(k string, v any) map[string]any {
		out := map[string]any{k: v}
		for k2, v2 := range contact {
			if _, has := out[k2]; !has {
				out[k2] = v2
			}
		}
		return out
	}
	type booked struct{ Appointment, Code, Link string }
	book := func(at day.TimeOfDay, c map[string]any) (b booked) {
		key := []string{"Idempotency-Key", plantedName + at.String()}
		h := p.hold(at, "telephone", key...)
		raw := p.staff("POST", "/booking/v1/holds/"+h+"/confirm", c, key...)
		if err := json.Unmarshal(raw, &b); err != nil || b.Code == "" {
			t.Fatalf("not booked: %s", raw)
		}
		return b
	}
	first := book(day.Clock(9, 0), contact)
	mine := book(day.Clock(9, 30), with("email", "brunhilde.kaesebier+unknown@planted.example"))
	moved := book(day.Clock(10, 0), contact)
	at := func(b booked) string { return "/booking/v1/appointments/" + b.Appointment }
	p.send("GET", at(first)+"?code="+first.Code, nil, "")
	p.send("GET", at(first)+"?code="+url.QueryEscape(plantedName), nil, "")
	p.send("GET", at(first)+"/calendar?code="+first.Code, nil, "")
	p.staff("POST", at(moved)+"/move", map[string]any{"code": moved.Code, "centre": "north", "day": today(t) + 4, "at": day.Clock(11, 0), "reason": plantedReason}, "Idempotency-Key", plantedPhone)
	p.staff("POST", at(moved)+"/move", map[string]any{"code": moved.Code, "centre": "north", "day": today(t) + 4, "at": day.Clock(11, 0)}, "Idempotency-Key", plantedPhone)
	p.staff("POST", at(mine)+"/cancel", map[string]any{"code": mine.Code}, "Idempotency-Key", plantedMail)
	// Wrong in every way.
	h := p.hold(day.Clock(12, 0), "telephone")
	for _, c := range []any{with("reason", plantedReason), with(plantedName, plantedMail), with("name", []string{plantedName}), with("email", map[string]any{"x": plantedMail}),
		with("phone", strings.Repeat(plantedPhone, 9)), with("language", plantedText), with("name", strings.Repeat(plantedName, 20)), plantedName, []string{plantedMail}} {
		p.staff("POST", "/booking/v1/holds/"+h+"/confirm", c, "Idempotency-Key", plantedMail+"x")
	}
	for _, path := range []string{"/booking/v1/holds/" + url.PathEscape(plantedName) + "/confirm", "/booking/v1/holds?name=" + url.QueryEscape(plantedName),
		"/booking/v1/links/" + url.PathEscape(plantedName) + "/" + plantedPhone + "/cancel", "/booking/" + url.PathEscape(plantedText)} {
		p.send("POST", path, []byte(`{"name":"`+plantedName), "application/json")
		p.send("GET", path, nil, "")
	}
	p.send("GET", "/booking/v1/slots?service="+url.QueryEscape(plantedName)+"&district="+url.QueryEscape(plantedText), nil, "")
	p.staff("POST", "/booking/v1/imports/appointments", map[string]any{"appointments": []any{map[string]any{"external_id": plantedName + " " + plantedPhone, "service": "passport",
		"centre": "south", "day": today(t) + 2, "at": day.Clock(13, 0), "channel": "telephone"}, map[string]any{"external_id": plantedMail, "service": plantedText, "centre": "south",
		"day": today(t) + 2, "at": day.Clock(13, 0)}}})
	// Opting in by the letter's link, as a citizen, and taking part in the queue.
	used := map[string]bool{}
	p.policy(&capacity.BookingPolicy{DoubleOptIn: true, OpenPerContact: 5})
	h = p.hold(day.Clock(14, 0), "online")
	raw := p.send("POST", "/booking/v1/holds/"+h+"/confirm", mustJSON(contact), "application/json", "Idempotency-Key", plantedMail+"o")
	if !bytes.Contains(raw, []byte(`"pending"`)) {
		t.Fatalf("does not wait for the link: %s", raw)
	}
	p.send("POST", "/booking"+p.mail.link(t, "opt-in", used), nil, "application/x-www-form-urlencoded")
	p.send("GET", "/booking"+p.mail.link(t, "show", used), nil, "")
	var place struct{ Waiting, Code string }
	raw = p.send("POST", "/booking/v1/waiting", mustJSON(map[string]any{"service": "passport", "contact": contact}), "application/json", "Idempotency-Key", plantedMail+"w")
	if err := json.Unmarshal(raw, &place); err != nil || place.Waiting == "" {
		t.Fatalf("not on the list: %s", raw)
	}
	p.send("POST", "/booking"+p.mail.link(t, "earlier", used), nil, "application/x-www-form-urlencoded")
	p.send("POST", "/booking/v1/waiting", mustJSON(map[string]any{"service": "passport", "contact": contact, "times": plantedText}), "application/json")
	p.staff("POST", "/booking/v1/tickets", map[string]any{"centre": "south", "service": "passport", "name": plantedName})
	p.staff("POST", "/booking/v1/tickets", map[string]any{"centre": "south", "service": plantedText})
	p.staff("POST", "/booking/v1/tickets", map[string]any{"centre": "south", "service": "passport"}, "Idempotency-Key", plantedName)
	p.zms()
}

func mustJSON(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

// zms books as a frontend of ZMS does.
func (p *plant) zms() {
	var city struct {
		Offices  []struct{ ID json.Number }
		Services []struct{ ID json.Number }
	}
	raw := p.send("GET", "/booking/zms/offices-and-services", nil, "")
	if err := json.Unmarshal(raw, &city); err != nil || len(city.Offices) == 0 || len(city.Services) == 0 {
		p.t.Fatalf("%v: %s", err, raw)
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		p.t.Fatal(err)
	}
	begin := (today(p.t) + 2).At(day.Clock(15, 0), zone).Unix()
	var process struct {
		ID  json.Number `json:"processId"`
		Key string      `json:"authKey"`
	}
	raw = p.send("POST", "/booking/zms/reserve-appointment", mustJSON(map[string]any{"timestamp": begin, "officeId": city.Offices[0].ID, "serviceId": []any{city.Services[0].ID},
		"serviceCount": []int{1}, "captchaToken": plantedName}), "application/json")
	if err := json.Unmarshal(raw, &process); err != nil || process.Key == "" {
		p.t.Fatalf("%v: %s", err, raw)
	}
	update := map[string]any{"processId": process.ID, "authKey": process.Key, "familyName": plantedName, "email": plantedMail, "telephone": plantedPhone}
	p.send("POST", "/booking/zms/update-appointment", mustJSON(update), "application/json")
	update["customTextfield"] = plantedReason
	p.send("POST", "/booking/zms/update-appointment", mustJSON(update), "application/json")
	p.send("POST", "/booking/zms/update-appointment", []byte(`{"familyName":"`+plantedName), "application/json")
	p.send("POST", "/booking/zms/preconfirm-appointment", mustJSON(map[string]any{"processId": process.ID, "authKey": process.Key}), "application/json")
	p.send("GET", "/booking/zms/appointment?processId="+process.ID.String()+"&authKey="+url.QueryEscape(plantedMail), nil, "")
}

// policy plants the canary too: a centre's address is public.
func (p *plant) policy(b *capacity.BookingPolicy) {
	p.t.Helper()
	var network map[string]any
	p.call("GET", "/capacity/v1/network", nil, &network)
	network["policy"].(map[string]any)["booking"] = b
	for _, c := range network["centres"].([]any) {
		c.(map[string]any)["address"] = canary + " 1, Hamburg"
	}
	delete(network, "version")
	p.call("PUT", "/capacity/v1/network", network, nil)
	p.quiet()
}
