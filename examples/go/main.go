// A whole subgraph: `SUBGRAPH_SIGNING_KEY=… PORT=4102 go run .`
//
// HTTP by the standard library, GraphQL by graph-gophers/graphql-go. What a partner changes is
// schema.graphql, museumsByID (one query to a database), and the resolvers.
package main

import (
	"context"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	graphql "github.com/graph-gophers/graphql-go"
)

const (
	maxBodyBytes  = 10 << 20
	maxDepth      = 20
	maxQueryBytes = 100 << 10
)

//go:embed schema.graphql
var sdl string

// What every subgraph adds to its SDL: the subgraph specification of Apollo Federation.
const federation = `
directive @link(url: String!, import: [String!]) repeatable on SCHEMA
directive @key(fields: String!) repeatable on OBJECT
directive @shareable repeatable on OBJECT | FIELD_DEFINITION
scalar _Any
union _Entity = Museum
type _Service { sdl: String! }
extend type Query { _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
`

type localizedText struct{ En, Ar string }

type museum struct {
	ID    graphql.ID
	Name  *localizedText
	Rooms int32
}

var rows = map[string]museum{
	"etihad":    {"etihad", &localizedText{"Etihad Museum", "متحف الاتحاد"}, 8},
	"shindagha": {"shindagha", &localizedText{"Al Shindagha Museum", "متحف الشندغة"}, 22},
	"coins":     {"coins", &localizedText{"Coins Museum", "متحف المسكوكات"}, 7},
}

// museumsByID is your database: `select … where id = any($1)`, once for all ids of a request.
func museumsByID(ids []string) map[string]*museum {
	found := map[string]*museum{}
	for _, id := range ids {
		if row, ok := rows[id]; ok {
			found[id] = &row
		}
	}
	return found
}

// representation is the scalar _Any: the type and key of an entity that the gateway asks for.
type representation struct{ id string }

func (representation) ImplementsGraphQLType(name string) bool { return name == "_Any" }

func (one *representation) UnmarshalGraphQL(input any) error {
	fields, _ := input.(map[string]any)
	id, isText := fields["id"].(string)
	if fields["__typename"] != "Museum" || !isText {
		return errors.New(`a representation must read { "__typename": "Museum", "id": "…" }`)
	}
	one.id = id
	return nil
}

type entity struct{ *museum }

func (one entity) ToMuseum() (*museum, bool) { return one.museum, one.museum != nil }

type service struct{ SDL string }

type query struct{}

func (query) Service() *service { return &service{sdl} }

// Entities gives one answer for each representation, in their order; nil for what there is not.
func (query) Entities(given struct{ Representations []representation }) []*entity {
	ids := make([]string, len(given.Representations))
	for index, one := range given.Representations {
		ids[index] = one.id
	}
	found := museumsByID(ids)
	answers := make([]*entity, len(ids))
	for index, id := range ids {
		if one, ok := found[id]; ok {
			answers[index] = &entity{one}
		}
	}
	return answers
}

func (query) Museum(given struct{ ID graphql.ID }) *museum {
	return museumsByID([]string{string(given.ID)})[string(given.ID)]
}

type principalKey struct{}

func answer(response http.ResponseWriter, status int, value any, cache string) {
	body, err := json.Marshal(value)
	if err != nil {
		log.Printf("an answer cannot be written: %v", err)
		status, body = 500, []byte(`{"errors":[{"message":"Something went wrong."}]}`)
	}
	response.Header().Set("content-type", "application/json; charset=utf-8")
	response.Header().Set("cache-control", cache)
	response.WriteHeader(status)
	_, _ = response.Write(body)
}

func refuse(response http.ResponseWriter, status int, message string) {
	answer(response, status, map[string]any{"errors": []any{map[string]string{"message": message}}}, "no-store")
}

func handler(key []byte, schema *graphql.Schema) http.HandlerFunc {
	return func(response http.ResponseWriter, request *http.Request) {
		if request.Method != http.MethodPost {
			refuse(response, http.StatusMethodNotAllowed, "There is POST only.")
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(response, request.Body, maxBodyBytes))
		if err != nil {
			refuse(response, http.StatusRequestEntityTooLarge, fmt.Sprintf("At most %d bytes.", maxBodyBytes))
			return
		}
		var asked struct {
			Query     string         `json:"query"`
			Variables map[string]any `json:"variables"`
		}
		if json.Unmarshal(body, &asked) != nil || asked.Query == "" {
			refuse(response, http.StatusBadRequest, `The body must be JSON: {"query": "…"}.`)
			return
		}
		// Composition reads the SDL unsigned; nothing else is answered to anybody but the gateway.
		if asked.Query != "{ _service { sdl } }" {
			if reason := refusal(key, request, body); reason != "" {
				refuse(response, http.StatusUnauthorized, "Only the gateway may ask here: "+reason+".")
				return
			}
		}
		within := context.WithValue(request.Context(), principalKey{}, principalOf(request))
		result := schema.Exec(within, asked.Query, "", asked.Variables)
		if len(result.Errors) == 0 {
			answer(response, http.StatusOK, result, "max-age=300, public")
			return
		}
		// Without data it was refused before it began.
		status := http.StatusOK
		if result.Data == nil {
			status = http.StatusBadRequest
		}
		answer(response, status, result, "no-store")
	}
}

func setting(name, fallback string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return fallback
}

func main() {
	key, err := base64.RawURLEncoding.DecodeString(os.Getenv("SUBGRAPH_SIGNING_KEY"))
	if err != nil || len(key) != 32 {
		log.Fatal("SUBGRAPH_SIGNING_KEY must be the key of this subgraph: 32 bytes in base64url.")
	}
	schema, err := graphql.ParseSchema(sdl+federation, &query{}, graphql.UseFieldResolvers(),
		graphql.UseStringDescriptions(), graphql.MaxDepth(maxDepth), graphql.MaxQueryLength(maxQueryBytes))
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(setting("HOST", "127.0.0.1"), setting("PORT", "4102")))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("ready at http://%s/graphql\n", listener.Addr())
	server := &http.Server{
		Handler:           handler(key, schema),
		ReadHeaderTimeout: 10 * time.Second,
		// Longer than the gateway keeps idle connections.
		IdleTimeout: 2 * time.Minute,
	}
	log.Fatal(server.Serve(listener))
}
