//! Which columns a CSV has, what its dates mean, and how it is laid out.

mod dates;
mod layouts;
mod leaving;
mod shape;
mod with_memory;
