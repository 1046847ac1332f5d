package access_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
)

// A token that tells a page who logged in must not open what is for access tokens.
func TestTheLogInHasANameOfItsOwn(t *testing.T) {
	idp := accesstest.NewProvider(t)
	c := access.DefaultConfig()
	c.OIDCIssuer, c.ClientID = idp.URL, c.OIDCAudience
	_, _, err := c.Front(time.Now, func(error) {})
	for _, word := range []string{"LOTSE_OIDC_CLIENT_ID", "LOTSE_OIDC_AUDIENCE", `"lotse"`} {
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Fatalf("%v does not say %s", err, word)
		}
	}
	c.ClientID = "lotse-pages"
	if _, _, err := c.Front(time.Now, func(error) {}); err == nil || strings.Contains(err.Error(), "AUDIENCE") {
		t.Errorf("the next thing that is missing is the key: %v", err)
	}
}
