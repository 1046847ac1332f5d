package deploycheck

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"helm.sh/helm/v3/pkg/chart/loader"
)

// A release says its version in every program and in the chart, lists what is
// linked, and comes out byte for byte the same in another folder.
func TestRelease(t *testing.T) {
	if runtime.GOOS != "linux" {
		if os.Getenv("CI") == "true" {
			t.Fatal("releases are built on Linux, and CI must build one")
		}
		t.Skip("releases are built on Linux")
	}
	const version = "v0.1.0"
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	// The folders as they are, not what was committed.
	if err := os.Mkdir(elsewhere, 0o755); err != nil {
		t.Fatal(err)
	}
	copied, err := exec.Command("sh", "-c", `cd "$1" && tar --exclude=node_modules --exclude=.lotse -cf - LICENSE charts deploy docs events services tools | tar -xf - -C "$2"`, "sh", root, elsewhere).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, copied)
	}
	sums := map[string]string{}
	folders := map[string]string{}
	for name, at := range map[string]string{"here": root, "elsewhere": elsewhere} {
		folders[name] = filepath.Join(t.TempDir(), "release")
		cmd := exec.Command(filepath.Join(at, "deploy", "release"), version, folders[name])
		cmd.Env = append(os.Environ(), "ARCHITECTURES="+runtime.GOARCH, "SOURCE_DATE_EPOCH=1790000000")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		text, err := os.ReadFile(filepath.Join(folders[name], "SHA256SUMS"))
		if err != nil {
			t.Fatal(err)
		}
		sums[name] = string(text)
	}
	if sums["here"] != sums["elsewhere"] {
		t.Errorf("two builds differ:\n%s\n%s", sums["here"], sums["elsewhere"])
	}
	for _, want := range []string{"lotse-" + version + "-linux-" + runtime.GOARCH + ".tar.gz", "lotse-0.1.0.tgz", "bookingd.cdx.json", "CHANGES.md"} {
		if !strings.Contains(sums["here"], "  "+want+"\n") {
			t.Errorf("%s is not in\n%s", want, sums["here"])
		}
	}
	programs := unpacked(t, filepath.Join(folders["here"], "lotse-"+version+"-linux-"+runtime.GOARCH+".tar.gz"))
	for program, args := range map[string]string{"lotse": "--version", "absenced": "-version", "staffingd": "-version", "capacityd": "-version", "bookingd": "-version"} {
		out, err := run(t.Context(), filepath.Join(programs, program), args)
		if err != nil || !strings.Contains(out, version) {
			t.Errorf("%s %s: %v %s", program, args, err, out)
		}
	}
	c, err := loader.Load(filepath.Join(folders["here"], "lotse-0.1.0.tgz"))
	if err != nil {
		t.Fatal(err)
	}
	if rendered, err := render(c, values(t, "production")); err != nil || !strings.Contains(rendered["lotse/templates/deployments.yaml"], "/bookingd:"+version) || c.Metadata.Version != "0.1.0" {
		t.Errorf("the package does not render with its version: %v", err)
	}
	var bom struct {
		BomFormat  string
		Metadata   struct{ Component struct{ Version string } }
		Components []struct{ Name, Version, Purl string }
	}
	text, err := os.ReadFile(filepath.Join(folders["here"], "bookingd.cdx.json"))
	if err == nil {
		err = json.Unmarshal(text, &bom)
	}
	if err != nil || bom.BomFormat != "CycloneDX" || bom.Metadata.Component.Version != version || len(bom.Components) < 20 || !bytes.Contains(text, []byte(`"pkg:golang/github.com/jackc/pgx/v5@v5.`)) {
		t.Errorf("%v: %d components", err, len(bom.Components))
	}
}

func TestReleaseRefuses(t *testing.T) {
	for want, args := range map[string][]string{
		"usage":              {"1.2"},
		"has no part":        {"v99.0.0", filepath.Join(t.TempDir(), "release")},
		"is there already: ": {"v0.1.0", t.TempDir()},
	} {
		out, err := run(t.Context(), filepath.Join(root, "deploy", "release"), args...)
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("%v: %v %s, wanted %q", args, err, out, want)
		}
	}
}

// unpacked is the one folder of an archive.
func unpacked(t *testing.T, file string) string {
	t.Helper()
	in, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	zipped, err := gzip.NewReader(in)
	if err != nil {
		t.Fatal(err)
	}
	dir, top := t.TempDir(), ""
	for r := tar.NewReader(zipped); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return filepath.Join(dir, top)
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.Clean("/"+h.Name))
		if h.FileInfo().IsDir() {
			top = h.Name
			if err := os.MkdirAll(path, 0o755); err != nil {
				t.Fatal(err)
			}
			continue
		}
		text, err := io.ReadAll(r)
		if err == nil {
			err = os.WriteFile(path, text, h.FileInfo().Mode())
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
