//! The binary `resus`, for the tests.

fn main() -> std::process::ExitCode {
    resus_cli::main()
}
