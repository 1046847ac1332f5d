package front

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
)

func TestTexts(t *testing.T) { pagestest.Package(t, files, ".") }
