package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const tolerance = 300 * time.Second

var errSignature = errors.New("the signature does not fit")

// verifier checks Standard Webhooks signatures.
type verifier struct{ key []byte }

func newVerifier(secret string) (*verifier, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || len(key) < 24 {
		return nil, errors.New("WEBHOOK_SECRET must be whsec_ and at least 24 bytes in base64")
	}
	return &verifier{key: key}, nil
}

func (v *verifier) verify(header http.Header, body []byte, now time.Time) error {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || id == "" {
		return errSignature
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return errSignature
	}
	mac := hmac.New(sha256.New, v.key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	expected := mac.Sum(nil)
	for _, token := range strings.Fields(header.Get("webhook-signature")) {
		if !strings.HasPrefix(token, "v1,") {
			continue
		}
		if given, err := base64.StdEncoding.DecodeString(token[len("v1,"):]); err == nil && hmac.Equal(given, expected) {
			return nil
		}
	}
	return errSignature
}
