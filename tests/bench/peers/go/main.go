// The service's store, written with net/http, pgx and amqp091: what a team that
// writes Go would have. Libraries are Debian's packages.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4/pgxpool"
	amqp "github.com/rabbitmq/amqp091-go"
)

const (
	maxBody       = 64 << 20
	maxConns      = 16
	channels      = 16
	confirmWithin = 10 * time.Second
	insertBatch   = `INSERT INTO raw_extraction_data (tenant_id, integration_id,
	entity_type, external_id, raw_data, extraction_metadata)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`
)

type batch struct {
	IntegrationID      int64           `json:"integration_id"`
	EntityType         string          `json:"entity_type"`
	ExternalID         *string         `json:"external_id"`
	RawData            json.RawMessage `json:"raw_data"`
	ExtractionMetadata json.RawMessage `json:"extraction_metadata"`
}

type message struct {
	TenantID      int64  `json:"tenant_id"`
	IntegrationID int64  `json:"integration_id"`
	RawDataID     int64  `json:"raw_data_id"`
	EntityType    string `json:"entity_type"`
}

type answer struct {
	Success   bool  `json:"success"`
	RawDataID int64 `json:"raw_data_id"`
	Queued    bool  `json:"queued"`
}

// publisher awaits confirms by number. The deferred confirmations of amqp091-go
// 1.5 are noted after the message was sent, and an ack that is faster is lost.
type publisher struct {
	sync.Mutex
	channel *amqp.Channel
	waiting map[uint64]chan bool
}

type server struct {
	db         *pgxpool.Pool
	publishers []*publisher
	next       uint64
}

func newPublisher(broker *amqp.Connection) (*publisher, error) {
	channel, err := broker.Channel()
	if err == nil {
		err = channel.Confirm(false)
	}
	if err != nil {
		return nil, err
	}
	p := &publisher{channel: channel, waiting: map[uint64]chan bool{}}
	confirms := channel.NotifyPublish(make(chan amqp.Confirmation, 64))
	go func() {
		for confirm := range confirms {
			p.Lock()
			done := p.waiting[confirm.DeliveryTag]
			delete(p.waiting, confirm.DeliveryTag)
			p.Unlock()
			if done != nil {
				done <- confirm.Ack
			}
		}
	}()
	return p, nil
}

func (p *publisher) publish(ctx context.Context, message amqp.Publishing) error {
	done := make(chan bool, 1)
	p.Lock()
	number := p.channel.GetNextPublishSeqNo()
	p.waiting[number] = done
	err := p.channel.PublishWithContext(ctx, "etl.direct", "transform", true,
		false, message)
	if err != nil {
		delete(p.waiting, number)
	}
	p.Unlock()
	if err != nil {
		return err
	}
	select {
	case acked := <-done:
		if !acked {
			return errors.New("the broker refused the message")
		}
		return nil
	case <-time.After(confirmWithin):
		return errors.New("the broker did not confirm the message")
	}
}

// nullable gives jsonb of what was sent, NULL of nothing.
func nullable(raw json.RawMessage) interface{} {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	return []byte(raw)
}

func (s *server) publish(ctx context.Context, b *batch, id int64) error {
	body, err := json.Marshal(message{1, b.IntegrationID, id, b.EntityType})
	if err != nil {
		return err
	}
	p := s.publishers[atomic.AddUint64(&s.next, 1)%channels]
	return p.publish(ctx, amqp.Publishing{
		ContentType:  "application/json",
		DeliveryMode: amqp.Persistent,
		MessageId:    fmt.Sprintf("transform-%d", id),
		Type:         "transform",
		Timestamp:    time.Now(),
		Body:         body,
	})
}

func fail(w http.ResponseWriter, status int, err error) {
	http.Error(w, err.Error(), status)
}

func (s *server) store(w http.ResponseWriter, r *http.Request) {
	var b batch

	if r.Method != http.MethodPost {
		fail(w, http.StatusMethodNotAllowed, errors.New("use POST"))
		return
	}
	size := r.ContentLength
	if size < 0 || size > maxBody {
		fail(w, http.StatusRequestEntityTooLarge, errors.New("too large"))
		return
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(r.Body, body); err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	if err := json.Unmarshal(body, &b); err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	if b.IntegrationID == 0 || b.EntityType == "" || nullable(b.RawData) == nil {
		fail(w, http.StatusUnprocessableEntity,
			errors.New("integration_id, entity_type and raw_data are required"))
		return
	}
	var id int64
	err := s.db.QueryRow(r.Context(), insertBatch, 1, b.IntegrationID,
		b.EntityType, b.ExternalID, nullable(b.RawData),
		nullable(b.ExtractionMetadata)).Scan(&id)
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		fail(w, http.StatusUnprocessableEntity, err)
		return
	}
	if err != nil {
		fail(w, http.StatusServiceUnavailable, err)
		return
	}
	status := http.StatusCreated
	err = s.publish(r.Context(), &b, id)
	if err != nil {
		log.Print(err)
		status = http.StatusAccepted
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(answer{true, id, err == nil}); err != nil {
		log.Print(err)
	}
}

func run() error {
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		return err
	}
	config.MaxConns = maxConns
	s := &server{}
	if s.db, err = pgxpool.ConnectConfig(context.Background(), config); err != nil {
		return err
	}
	broker, err := amqp.Dial(os.Getenv("RABBITMQ_URL"))
	if err != nil {
		return err
	}
	for i := 0; i < channels; i++ {
		p, err := newPublisher(broker)
		if err != nil {
			return err
		}
		s.publishers = append(s.publishers, p)
	}
	http.HandleFunc("/app/etl/raw-data/store", s.store)
	return http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}

func main() {
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM)
	go func() {
		<-ends
		os.Exit(0)
	}()
	log.Fatal(run())
}
