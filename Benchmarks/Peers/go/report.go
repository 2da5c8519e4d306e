package main

import (
	"encoding/json"
	"errors"
)

// report is the grading server's "status" shape.
type report struct {
	TaskID string          `json:"task_id"`
	Word   string          `json:"status"`
	Result json.RawMessage `json:"result"`

	status     string
	score      float64
	maxScore   float64
	percentage float64
}

type gradingResult struct {
	Results map[string]struct {
		Score    float64 `json:"score"`
		MaxScore float64 `json:"max_score"`
	} `json:"results"`
}

func decodeReport(body []byte) (*report, error) {
	var r report
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, err
	}
	if r.TaskID == "" || r.Word != "SUCCESS" {
		return nil, errors.New("not a result that this peer knows")
	}
	var result gradingResult
	if err := json.Unmarshal(r.Result, &result); err != nil {
		return nil, err
	}
	r.status = "COMPLETED"
	for _, part := range result.Results {
		r.score += part.Score
		r.maxScore += part.MaxScore
	}
	if r.maxScore > 0 {
		r.percentage = r.score / r.maxScore * 100
	}
	return &r, nil
}
