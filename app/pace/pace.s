// The file lets a function without a body be declared in this package.
