//! Every parameter matters.
