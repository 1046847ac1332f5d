package zms

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
)

// numberOf a name: itself where it is a positive 31-bit number already, else
// from its SHA-256.
func numberOf(name string) int32 {
	if n, err := strconv.ParseInt(name, 10, 32); err == nil && n > 0 && strconv.FormatInt(n, 10) == name {
		return int32(n)
	}
	sum := sha256.Sum256([]byte(name))
	return max(1, int32(binary.BigEndian.Uint32(sum[:4])&(1<<31-1)))
}

// numbers of names, both ways. Where two names would share one, the later in
// order takes the next that is free; names come in order.
type numbers[T ~string] struct {
	of map[T]int32
	is map[int32]T
}

func number[T ~string](names []T) numbers[T] {
	n := numbers[T]{map[T]int32{}, map[int32]T{}}
	for _, name := range names {
		k := numberOf(string(name))
		for n.is[k] != "" {
			k = max(1, (k+1)&(1<<31-1))
		}
		n.of[name], n.is[k] = k, name
	}
	return n
}

// city is what can be asked for, and its numbers.
type city struct {
	services []network.ServiceType
	centres  []network.Centre
	service  numbers[id.Service]
	centre   numbers[id.Centre]
}

func (h *handler) city() city {
	c := city{services: h.app.Services(), centres: h.app.Centres()}
	var services []id.Service
	for _, s := range c.services {
		services = append(services, s.ID)
	}
	var centres []id.Centre
	for _, k := range c.centres {
		centres = append(centres, k.ID)
	}
	c.service, c.centre = number(services), number(centres)
	return c
}

// office is a centre's number, also of one that is not part of the network any
// more.
func (c city) office(k id.Centre) int32 {
	if n, ok := c.centre.of[k]; ok {
		return n
	}
	return numberOf(string(k))
}

func (c city) request(s id.Service) int32 {
	if n, ok := c.service.of[s]; ok {
		return n
	}
	return numberOf(string(s))
}
