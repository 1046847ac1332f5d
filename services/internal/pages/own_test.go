package pages_test

import (
	"os"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
)

func TestTexts(t *testing.T) { pagestest.Package(t, os.DirFS("."), ".", "chart") }
