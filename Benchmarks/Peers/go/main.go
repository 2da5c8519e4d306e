// A webhook receiver as one would write it in Go on a normal day: net/http, database/sql with lib/pq, one transaction for
// each callback. A peer of the benchmark, configured by its environment like the monitor.
package main

import (
	"log"
	"net/http"
	"os"
	"time"
)

// As large as the monitor takes.
const largestBody = 1 << 20

func main() {
	verifier, err := newVerifier(os.Getenv("WEBHOOK_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	store, err := openStore(os.Getenv("DATABASE_URL"), os.Getenv("POOL_SIZE"))
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/api/webhooks/grading", &callbackHandler{verifier: verifier, store: store})
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusOK) })
	server := &http.Server{
		Addr:              "127.0.0.1:" + os.Getenv("HTTP_PORT"),
		Handler:           mux,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       60 * time.Second,
	}
	log.Fatal(server.ListenAndServe())
}
