module example.org/museums

go 1.25.0

require github.com/graph-gophers/graphql-go v1.11.0
