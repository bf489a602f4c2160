//! What has to hold of all arguments.

use clap::{Arg, ArgAction, CommandFactory, ValueHint};

use super::*;

/// Options that an option needs beside it, by its id.
const NEEDED: [(&str, &[&str]); 4] = [
    ("bad_records", &["--skip-bad"]),
    ("describe", &["--word-vectors", "beside"]),
    ("prior_strength", &[]),
    ("word_vectors", &["--describe", "beside"]),
];

fn names_a_file(arg: &Arg) -> bool {
    let hint = arg.get_value_hint();
    matches!(
        hint,
        ValueHint::FilePath | ValueHint::AnyPath | ValueHint::DirPath
    )
}

#[test]
fn what_names_a_file_has_a_hint_for_shells() {
    for command in Cli::command().get_subcommands() {
        for arg in command.get_arguments() {
            let names = arg.get_value_names().unwrap_or_default();
            let is_path = names
                .iter()
                .flat_map(|name| name.split('|'))
                .any(|name| ["FILE", "FOLDER", "DATA", "MODEL", "LIST"].contains(&name));
            let (command, arg_id) = (command.get_name(), arg.get_id());
            assert_eq!(is_path, names_a_file(arg), "{command} {arg_id}: value_hint");
        }
    }
}

#[test]
fn every_file_of_every_command_is_compared() {
    let folder = std::env::temp_dir().join(format!("slugline-args-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut found = 0;
    for command in Cli::command().get_subcommands() {
        for tested in command.get_arguments().filter(|arg| names_a_file(arg)) {
            let path = folder.join(tested.get_id().as_str());
            std::fs::write(&path, "listed").unwrap();
            let path = path.to_str().unwrap();
            let mut line = vec!["slugline", command.get_name()];
            for arg in command.get_arguments() {
                let is_tested = arg.get_id() == tested.get_id();
                // Either MODEL or --model.
                let conflicts = command.get_arg_conflicts_with(arg);
                if conflicts
                    .iter()
                    .any(|other| other.get_id() == tested.get_id())
                {
                    continue;
                }
                match (arg.get_long(), is_tested) {
                    (None, true) => line.push(path),
                    (None, false) if names_a_file(arg) => line.push("beside"),
                    (Some("output"), false) if command.get_name() != "man" => {
                        line.extend(["--output", "beside"]);
                    }
                    _ => {}
                }
                let several = matches!(arg.get_action(), ArgAction::Append);
                if arg.get_long().is_none() && several {
                    line.push("another");
                }
            }
            let option = tested.get_long().map(|long| format!("--{long}"));
            if let Some(option) = &option {
                line.extend([option.as_str(), path]);
            }
            for (id, needed) in NEEDED {
                if tested.get_id() == id {
                    line.extend(needed);
                }
            }
            let cli = Cli::try_parse_from(&line);
            let mut cli = cli.unwrap_or_else(|error| panic!("{line:?}: {error}"));
            cli.command.resolve().unwrap_or_else(|_| panic!("{line:?}"));
            let files = cli.command.files();
            let (reads, writes) = files.paths();
            assert!(
                reads
                    .iter()
                    .chain(&writes)
                    .any(|known| *known == Path::new(path)),
                "{line:?}: add it to `files`"
            );
            found += 1;
        }
    }
    println!("{found} arguments that name files");
    assert!(found > 40, "{found}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_arguments_make_sense_to_clap() {
    Cli::command().debug_assert();
}
