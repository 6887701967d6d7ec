package invoke

func register(string, ...string) error { return ErrNoRegistry }
