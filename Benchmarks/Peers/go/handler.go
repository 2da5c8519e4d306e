package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http"
	"time"
)

type callbackHandler struct {
	verifier *verifier
	store    *store
}

type answer struct {
	Outcome    string `json:"outcome"`
	TaskID     string `json:"taskId"`
	Status     string `json:"status,omitempty"`
	DeliveryID string `json:"deliveryId"`
}

func (h *callbackHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
	if err != nil {
		http.Error(w, "body too large", http.StatusRequestEntityTooLarge)
		return
	}
	if err := h.verifier.verify(r.Header, body, time.Now()); err != nil {
		http.Error(w, "bad signature", http.StatusUnauthorized)
		return
	}
	report, err := decodeReport(body)
	if err != nil {
		http.Error(w, "malformed report", http.StatusBadRequest)
		return
	}
	delivery := r.Header.Get("webhook-id")
	outcome, err := h.store.apply(r.Context(), delivery, body, report)
	if err != nil {
		log.Print(err)
		w.Header().Set("Retry-After", "5")
		http.Error(w, "not committed", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer{Outcome: outcome, TaskID: report.TaskID, Status: report.status, DeliveryID: delivery})
}
