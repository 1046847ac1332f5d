package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// picture is of 350 colours, as a page with letters has; change points differ.
func picture(change int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 100, 100))
	for i := range 10000 {
		img.Set(i%100, i/100, color.RGBA{uint8(i / 200), uint8(i % 7 * 30), 200, 255})
	}
	for i := range change {
		img.Set(i%100, i/100, color.RGBA{255, 0, 0, 255})
	}
	return img
}

func save(t *testing.T, path string, img image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A picture that shows the same stays as it is, so that a new run changes only
// what looks different.
func TestKeep(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "new.png"), filepath.Join(dir, "kept.png")
	for _, step := range []struct {
		change  int
		changed bool
	}{{0, true}, {0, false}, {20, false}, {2000, true}, {2000, false}} {
		save(t, from, picture(step.change))
		before, _ := os.ReadFile(to)
		changed, err := keep(from, to)
		if err != nil || changed != step.changed {
			t.Fatalf("%d points differ: changed %v, %v; want %v", step.change, changed, err, step.changed)
		}
		if after, _ := os.ReadFile(to); bytes.Equal(before, after) == step.changed {
			t.Errorf("%d points differ: the file does not agree", step.change)
		}
	}
}

func TestReduceKeepsWhatPagesShow(t *testing.T) {
	img := picture(0)
	if small := reduce(img); !alike(img, small) || len(small.Palette) > 256 {
		t.Errorf("%d colours, alike: %v", len(small.Palette), alike(img, small))
	}
}
