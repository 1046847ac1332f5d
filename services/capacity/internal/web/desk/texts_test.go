package desk

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
)

func TestTextsAndTemplates(t *testing.T) { pagestest.Package(t, files, ".") }
