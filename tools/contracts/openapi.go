package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/allinone"
)

// openAPIs asks a city for the documents that its services serve.
func openAPIs(ctx context.Context) (_ map[string][]byte, err error) {
	dir, err := os.MkdirTemp("", "lotse-contracts-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	city, err := allinone.Start(ctx, allinone.Config{Data: dir, HTTP: "127.0.0.1:0", NATS: "127.0.0.1:0"})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, city.Close()) }()
	all := map[string][]byte{}
	for _, service := range lotse.Services {
		if all[service], err = openAPI(ctx, city.URL()+"/"+service+"/openapi.json"); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func openAPI(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	doc, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		return nil, errors.Join(err, fmt.Errorf("%s: %s %s", url, res.Status, doc))
	}
	var out bytes.Buffer
	err = json.Indent(&out, doc, "", "  ")
	out.WriteByte('\n')
	return out.Bytes(), err
}
