package apply

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// ServiceIn stands in a server's address for the service's name, where each
// service has an address of its own.
const ServiceIn = "{service}"

// Ask sends one request to a service and reads the JSON answer; a body makes it a
// command with an idempotency key. Refusals are a *Problem. server is the
// address of a Lotse in one process, or one with ServiceIn.
func Ask(ctx context.Context, client *http.Client, server, service, method, path string, body any, key string, into any) error {
	at := strings.TrimRight(server, "/")
	if strings.Contains(at, ServiceIn) {
		at = strings.ReplaceAll(at, ServiceIn, service)
	} else {
		at += "/" + service
	}
	c := &conversation{server: at, http: client}
	var raw []byte
	if body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			return err
		}
	}
	answer, err := c.once(ctx, method, path, raw, key)
	if err != nil || into == nil || len(answer.body) == 0 {
		return err
	}
	if err := json.Unmarshal(answer.body, into); err != nil {
		return fmt.Errorf("%s: the answer is not what this version of lotse knows (%w): does %s run another version?", path, err, at)
	}
	return nil
}
