// Whether a request comes from the gateway: HTTP Message Signatures (RFC 9421) with hmac-sha256, over
// method, path, body digest (RFC 9530), principal and request id. Standard library only.

package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const toleranceSeconds = 60

const parts = `("@method" "@path" "content-digest" "city-graph-principal" "x-request-id")`

var input = regexp.MustCompile(`^gateway=(\(.*\);created=(\d{1,12});keyid="[a-z0-9-]{1,64}";alg="hmac-sha256")$`)

// refusal tells why a request is not to be answered; it is empty when its signature is right.
func refusal(key []byte, request *http.Request, body []byte) string {
	match := input.FindStringSubmatch(request.Header.Get("signature-input"))
	if match == nil {
		return "the request is not signed"
	}
	parameters := match[1]
	// Exactly this list: what is not covered could have been changed on the way.
	if !strings.HasPrefix(parameters, parts+";") {
		return "the signature covers other parts"
	}
	created, _ := strconv.ParseInt(match[2], 10, 64)
	if age := time.Now().Unix() - created; age > toleranceSeconds || age < -toleranceSeconds {
		return "the signature is too old or too new"
	}
	hash := sha256.Sum256(body)
	digest := "sha-256=:" + base64.StdEncoding.EncodeToString(hash[:]) + ":"
	if request.Header.Get("content-digest") != digest {
		return "the body does not match its digest"
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "\"@method\": %s\n\"@path\": %s\n", request.Method, request.URL.EscapedPath())
	fmt.Fprintf(mac, "\"content-digest\": %s\n", digest)
	fmt.Fprintf(mac, "\"city-graph-principal\": %s\n", request.Header.Get("city-graph-principal"))
	fmt.Fprintf(mac, "\"x-request-id\": %s\n", request.Header.Get("x-request-id"))
	fmt.Fprintf(mac, "\"@signature-params\": %s", parameters)
	expected := "gateway=:" + base64.StdEncoding.EncodeToString(mac.Sum(nil)) + ":"
	// In constant time: how long it takes tells nothing of how much of a guess was right.
	if !hmac.Equal([]byte(expected), []byte(request.Header.Get("signature"))) {
		return "the signature is wrong"
	}
	return ""
}

// Principal is who is signed in.
type Principal struct {
	Kind     string   `json:"kind"`
	ID       string   `json:"id"`
	Scopes   []string `json:"scopes"`
	Policies []string `json:"policies"`
}

// principalOf gives nil for nobody. Verify the signature first.
func principalOf(request *http.Request) *Principal {
	text, err := base64.RawURLEncoding.DecodeString(request.Header.Get("city-graph-principal"))
	if err != nil || len(text) == 0 {
		return nil
	}
	principal := &Principal{}
	if json.Unmarshal(text, principal) != nil {
		return nil
	}
	return principal
}
