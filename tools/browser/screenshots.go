package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/tools/browser/stage"
)

// album is where the pictures are.
const album = "docs/screenshots"

// views are the ends of the pictures' names, as screenshots.mjs makes them.
var views = []string{"de", "phone-en"}

func newScreenshots() *cobra.Command {
	var running string
	cmd := &cobra.Command{Use: "screenshots", Short: "Write " + album, Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		root, err := stage.Root()
		if err != nil {
			return err
		}
		if running != "" {
			known := map[string]any{}
			raw, err := os.ReadFile(running)
			if err == nil {
				err = json.Unmarshal(raw, &known)
			}
			if err != nil {
				return fmt.Errorf("--city: %w", err)
			}
			return takeAll(cmd.Context(), root, known)
		}
		return withCity(cmd.Context(), "", stage.Options{Absences: 4}, func(c *stage.City) error {
			facts, err := c.Facts(cmd.Context())
			if err != nil {
				return err
			}
			return takeAll(cmd.Context(), root, c.Known(facts))
		})
	}}
	cmd.Flags().StringVar(&running, "city", "", "`file` city.json of a city that runs already; none: one is furnished")
	return cmd
}

// takeAll takes the pictures anew and keeps those that still show the same.
func takeAll(ctx context.Context, root string, known map[string]any) error {
	if err := stage.Equipped(root); err != nil {
		return fmt.Errorf("pages %w", err)
	}
	table, err := stage.Pages(root)
	if err != nil {
		return err
	}
	fresh, err := os.MkdirTemp("", "lotse-pictures-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	cmd, err := stage.Script(ctx, root, known, "screenshots.mjs", fresh)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("screenshots.mjs: %w", err)
	}
	dir := filepath.Join(root, album)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	wanted, written := map[string]bool{"README.md": true}, 0
	for _, p := range table {
		for _, view := range views {
			if p.Name == "" {
				continue
			}
			name := p.Name + "-" + view + ".png"
			wanted[name] = true
			changed, err := keep(filepath.Join(fresh, name), filepath.Join(dir, name))
			if err != nil {
				return err
			}
			if changed {
				written++
			}
		}
	}
	if err := removeOthers(dir, wanted); err != nil {
		return err
	}
	fmt.Printf("%d pictures, %d of them new\n", len(wanted)-1, written)
	return os.WriteFile(filepath.Join(dir, "README.md"), index(table), 0o644)
}

// removeOthers takes out what no page has any more.
func removeOthers(dir string, wanted map[string]bool) error {
	found, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, f := range found {
		if !wanted[f.Name()] {
			if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// keep writes a picture, small, unless the old one shows nearly the same: codes
// and clocks differ in every run.
func keep(from, to string) (changed bool, err error) {
	raw, err := os.ReadFile(from)
	if err != nil {
		return false, err
	}
	img, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return false, fmt.Errorf("%s: %w", from, err)
	}
	small := reduce(img)
	if old, err := os.ReadFile(to); err == nil {
		if was, err := png.Decode(bytes.NewReader(old)); err == nil && alike(was, small) {
			return false, nil
		}
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, small); err != nil {
		return false, err
	}
	return true, os.WriteFile(to, b.Bytes(), 0o644)
}

// sameShare of a picture's points may differ in a picture that is kept.
const sameShare = 0.003

func alike(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	r := a.Bounds()
	differ, most := 0, int(sameShare*float64(r.Dx()*r.Dy()))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if apart(rgb(a.At(x, y)), rgb(b.At(x, y))) > 48 {
				if differ++; differ > most {
					return false
				}
			}
		}
	}
	return true
}

type point [3]uint8

func rgb(c color.Color) point {
	r, g, b, _ := c.RGBA()
	return point{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8)}
}

// apart is how far two colours are from each other, 0 to 765.
func apart(a, b point) (sum int) {
	for i := range a {
		sum += max(int(a[i])-int(b[i]), int(b[i])-int(a[i]))
	}
	return sum
}

// reduce makes a picture of the 256 colours that occur most, which pages hardly
// exceed but for the edges of letters; every other becomes the nearest of them.
func reduce(img image.Image) *image.Paletted {
	r := img.Bounds()
	count := map[point]int{}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			count[rgb(img.At(x, y))]++
		}
	}
	all := make([]point, 0, len(count))
	for c := range count {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b point) int { return cmp.Or(count[b]-count[a], slices.Compare(a[:], b[:])) })
	palette := color.Palette{}
	at := map[point]uint8{}
	for i, c := range all {
		if i < 256 {
			palette = append(palette, color.RGBA{c[0], c[1], c[2], 255})
			at[c] = uint8(i)
			continue
		}
		best, least := 0, 1<<30
		for k, p := range all[:256] {
			if d := apart(c, p); d < least {
				best, least = k, d
			}
		}
		at[c] = uint8(best)
	}
	small := image.NewPaletted(r, palette)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			small.SetColorIndex(x, y, at[rgb(img.At(x, y))])
		}
	}
	return small
}

// index lists the pictures.
func index(table []stage.Page) []byte {
	var b strings.Builder
	b.WriteString("# The pages in pictures\n\nMade by `make screenshots` from a furnished Hamburg (invented people, invented absences); the list is `tools/browser/pages.json`.\nEach page in German on a desk and in English on a phone.\n")
	for _, p := range table {
		if p.Name == "" {
			continue
		}
		who := p.Role
		if who == "" {
			who = "everyone"
		}
		fmt.Fprintf(&b, "\n## %s\n\n`%s`, for %s\n\n", p.Alt, strings.TrimPrefix(p.Route, "GET "), who)
		for _, view := range views {
			lang := map[string]string{"de": "in German, on a desk", "phone-en": "in English, on a phone"}[view]
			fmt.Fprintf(&b, "![%s, %s](%s-%s.png)\n", p.Alt, lang, p.Name, view)
		}
	}
	return []byte(b.String())
}
