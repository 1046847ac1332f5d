package booking

import "testing"

// No two pages are at the same address.
func TestPagesAreThere(t *testing.T) {
	all, err := newWorld(t, nil).city().service.Pages()
	if err != nil || all["/front/"] == nil || all["/telephone/"] == nil || all["/book/"] == nil {
		t.Fatal(all, err)
	}
}
