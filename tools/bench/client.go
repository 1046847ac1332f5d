package bench

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// client keeps one connection. It writes requests as they are on the wire and
// spends as little as it can: it shares the cores with the server.
type client struct {
	conn   net.Conn
	in     *bufio.Reader
	host   string
	token  string // shown with every request, if there is one; cookie as well
	cookie string
}

func dial(url string) (*client, error) {
	host := strings.TrimPrefix(url, "http://")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), host: host}, nil
}

func (c *client) close() { _ = c.conn.Close() }

// answerTime bounds one request; a server that takes longer has failed.
const answerTime = 30 * time.Second

// do sends one request and reads the answer to its end.
func (c *client) do(method, path, key, body string) (status int, answer []byte, err error) {
	if err := c.conn.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return 0, nil, err
	}
	head := ""
	if key != "" {
		head = "Idempotency-Key: " + key + "\r\n"
	}
	if c.token != "" {
		head += "Authorization: Bearer " + c.token + "\r\n"
	}
	if c.cookie != "" {
		head += "Cookie: " + c.cookie + "\r\n"
	}
	if body != "" {
		head += fmt.Sprintf("Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	} else if method == http.MethodPost {
		head += "Content-Length: 0\r\n"
	}
	if _, err := io.WriteString(c.conn, method+" "+path+" HTTP/1.1\r\nHost: "+c.host+"\r\n"+head+"\r\n"+body); err != nil {
		return 0, nil, err
	}
	r, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return 0, nil, err
	}
	answer, err = io.ReadAll(r.Body)
	_ = r.Body.Close()
	return r.StatusCode, answer, err
}

// ask does what must go well, and reads the answer into a value, if one is
// wanted.
func (c *client) ask(method, path, key, body string, into any) error {
	status, answer, err := c.do(method, path, key, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if status >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %d %s", method, path, status, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}
