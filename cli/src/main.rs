//! The binary `resus`.

fn main() -> std::process::ExitCode {
    resus_cli::main()
}
