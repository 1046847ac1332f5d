package main

import "context"

func tCtx() context.Context { return context.Background() }
