package zms

import (
	"fmt"
	"net/http"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
)

// process is thinnedProcess.json.
type process struct {
	ID         int32      `json:"processId"`
	Timestamp  string     `json:"timestamp"`
	Key        string     `json:"authKey"`
	Name       *string    `json:"familyName"`
	Textfield  *string    `json:"customTextfield"`
	Textfield2 *string    `json:"customTextfield2"`
	Email      *string    `json:"email"`
	Telephone  *string    `json:"telephone"`
	OfficeName string     `json:"officeName"`
	Office     int32      `json:"officeId"`
	Scope      scope      `json:"scope"`
	Also       []subCount `json:"subRequestCounts"`
	Service    int32      `json:"serviceId"`
	ServiceIs  string     `json:"serviceName"`
	Count      int        `json:"serviceCount"`
	Status     string     `json:"status"`
	Slots      int        `json:"slotCount"`
	Minutes    *int       `json:"reservationDuration"` // that are left
}

type subCount struct {
	ID    int32  `json:"id"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// statuses of ZMS for what Lotse calls its stages.
var statuses = map[string]string{app.Reserved: "reserved", app.Preconfirmed: "preconfirmed", centreday.Booked.String(): "confirmed",
	centreday.Kept.String(): "finished", centreday.Missed.String(): "missed", centreday.Cancelled.String(): "deleted"}

// keyOf a process: its hold's id and its secret.
func keyOf(h centreday.HoldID, secret string) string { return string(h) + "." + secret }

func splitKey(key string) (h centreday.HoldID, secret string) {
	i := strings.LastIndexByte(key, '.')
	if i < 0 {
		return "", ""
	}
	return centreday.HoldID(key[:i]), key[i+1:]
}

func (h *handler) told(r *http.Request, p app.Process) process {
	c, lang := h.city(), language(r)
	hold := centreday.HoldID(p.Appointment)
	out := process{ID: h.app.Number(hold), Key: keyOf(hold, p.Secret), Timestamp: fmt.Sprint(h.app.Instant(p.Day, p.At).Unix()),
		Office: c.office(p.Centre), Service: c.request(p.Service), ServiceIs: c.name(p.Service, lang), Count: 1,
		Status: statuses[p.Stage], Slots: int(p.Minutes) / occupancy.Tick, Also: []subCount{},
		Name: text(p.Contact.Name), Email: text(p.Contact.Email), Telephone: text(p.Contact.Phone)}
	for i, x := range p.Parts {
		if n := max(1, x.Persons); i == 0 {
			out.Count = n
		} else {
			out.Also = append(out.Also, subCount{c.request(x.Service), c.name(x.Service, lang), n})
		}
	}
	for _, k := range c.centres {
		if k.ID == p.Centre {
			out.OfficeName, out.Scope = k.Name, h.scopeOf(c, k)
		}
	}
	if !p.Expires.IsZero() {
		left := max(0, int(p.Expires.Sub(h.app.Node().Now())/time.Minute))
		out.Minutes = &left
	}
	return out
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// named is what names a process; numbers may come as text.
type named struct {
	ID  loose `json:"processId"`
	Key loose `json:"authKey"`
}

// open finds the process that a client names, and refuses all others alike.
func (h *handler) open(n named) (hold centreday.HoldID, secret string, err error) {
	var bad failures
	id, wrong := strconv.ParseInt(n.ID.one(), 10, 32)
	if wrong != nil || id < 1 {
		bad = append(bad, errProcessID)
	}
	if n.Key.one() == "" {
		bad = append(bad, errAuthKey)
	}
	if len(bad) > 0 {
		return "", "", bad
	}
	hold, secret = splitKey(n.Key.one())
	if hold == "" || int64(h.app.Number(hold)) != id {
		return "", "", app.ErrWrongCode // counted, and answered as an unknown one
	}
	return hold, secret, nil
}

func (h *handler) appointment(r *http.Request) (any, error) {
	q := r.URL.Query()
	hold, secret, err := h.open(named{loose{q.Get("processId")}, loose{q.Get("authKey")}})
	if err != nil {
		return nil, err
	}
	p, err := h.app.Process(r.Context(), hold, secret)
	if err != nil {
		return nil, err
	}
	return h.told(r, p), nil
}

type reservation struct {
	Timestamp loose `json:"timestamp"`
	Office    loose `json:"officeId"`
	Services  loose `json:"serviceId"`
	Counts    loose `json:"serviceCount"`
	Captcha   loose `json:"captchaToken"`
}

func (h *handler) reserve(r *http.Request) (any, error) {
	var in reservation
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	c := h.city()
	visit, bad := c.items(in.Services, in.Counts)
	centre, ok := find(c.centre, in.Office.one())
	if !ok {
		bad = append(failures{errOfficeID}, bad...)
	}
	seconds, err := strconv.ParseInt(in.Timestamp.one(), 10, 64)
	if at := time.Unix(seconds, 0); err != nil || !at.After(h.app.Node().Now()) || seconds%60 != 0 || seconds > 1<<40 {
		bad = append(bad, errTimestamp)
	}
	if len(bad) > 0 {
		return nil, bad
	}
	d, at := h.app.Clock(time.Unix(seconds, 0))
	held, _, err := h.app.Hold(solvedBy(r.Context(), in.Captcha.one()), r.Header.Get("Idempotency-Key"), app.Wish{Visit: visit, Centre: centre, Day: d, At: at})
	if err != nil {
		return nil, err
	}
	p, err := h.app.Process(r.Context(), held.Hold, h.app.SecretOf(held.Hold))
	if err != nil {
		return nil, err
	}
	return h.told(r, p), nil
}

type update struct {
	named
	Name       *string `json:"familyName"`
	Email      *string `json:"email"`
	Telephone  *string `json:"telephone"`
	Textfield  *string `json:"customTextfield"`
	Textfield2 *string `json:"customTextfield2"`
}

var telephone = regexp.MustCompile(`^\+?\d{7,15}$`)

// contact of an update; what is missing stays as it was noted before.
func (u update) contact(was contact.Contact, mailWanted bool, lang string) (c contact.Contact, bad failures) {
	c = was
	c.Language = lang
	for _, f := range []struct {
		new  *string
		into *string
	}{{u.Name, &c.Name}, {u.Email, &c.Email}, {u.Telephone, &c.Phone}} {
		if f.new != nil {
			*f.into = strings.TrimSpace(*f.new)
		}
	}
	if c.Name == "" || len(c.Name) > 200 {
		bad = append(bad, errFamilyName)
	}
	if a, err := mail.ParseAddress(c.Email); c.Email == "" && mailWanted || c.Email != "" && (err != nil || a.Address != c.Email || len(c.Email) > 254) {
		bad = append(bad, errEmail)
	}
	if c.Phone != "" && !telephone.MatchString(c.Phone) {
		bad = append(bad, errTelephone)
	}
	for _, t := range []*string{u.Textfield, u.Textfield2} {
		if t != nil && strings.TrimSpace(*t) != "" {
			bad = append(bad, errTextfield)
			break
		}
	}
	return c, bad
}

func (h *handler) update(r *http.Request) (any, error) {
	var in update
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	hold, secret, err := h.open(in.named)
	if err != nil {
		return nil, err
	}
	p, err := h.app.Process(r.Context(), hold, secret)
	if err != nil {
		return nil, err
	}
	if p.Stage != app.Reserved {
		return nil, errNotReserved
	}
	c, bad := in.contact(p.Contact, h.app.MailWanted(), language(r))
	if len(bad) > 0 {
		return nil, bad
	}
	if p, err = h.app.NoteContact(r.Context(), hold, secret, c); err != nil {
		return nil, err
	}
	return h.told(r, p), nil
}

// confirm serves preconfirm-appointment and confirm-appointment.
func (h *handler) confirm(last bool) func(r *http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		var in named
		if err := decode(r, &in); err != nil {
			return nil, err
		}
		hold, secret, err := h.open(in)
		if err != nil {
			return nil, err
		}
		p, err := h.app.ConfirmNoted(r.Context(), hold, secret)
		switch {
		case err != nil:
			return nil, err
		case last && p.Stage == app.Preconfirmed:
			return nil, errNotPreconfirm
		case p.Stage == centreday.Cancelled.String():
			return nil, errNotReserved
		}
		return h.told(r, p), nil
	}
}

func (h *handler) cancel(r *http.Request) (any, error) {
	var in named
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	hold, secret, err := h.open(in)
	if err != nil {
		return nil, err
	}
	p, err := h.app.Abandon(r.Context(), hold, secret)
	if err != nil {
		return nil, err
	}
	return h.told(r, p), nil
}
