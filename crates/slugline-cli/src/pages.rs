//! `slugline completions` and `slugline man`: made from the description of the arguments.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::{Args, CommandFactory, ValueHint};
use clap_complete::Shell;
use clap_mangen::Man as Page;
use slugline::{Error, replace::Replacement};

use crate::{args::Cli, failure::Failure, outputs::Files, say};

#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// Shell that the script is for
    #[arg(value_name = "SHELL", value_enum)]
    shell: Shell,
}

#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// Command whose page is printed [default: slugline itself]
    #[arg(value_name = "COMMAND", conflicts_with = "output")]
    command: Option<String>,
    /// Folder to write all pages to: slugline.1, slugline-train.1, …
    #[arg(long, short, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    output: Option<PathBuf>,
}

impl ManArgs {
    pub(crate) fn files(&self, files: &mut Files) {
        match &self.output {
            None => files.print(),
            Some(folder) => files.write("--output", folder),
        }
    }
}

pub(crate) fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "slugline", &mut script);
    print(&script)
}

pub(crate) fn man(args: &ManArgs) -> Result<(), Failure> {
    let pages = pages()?;
    if let Some(folder) = &args.output {
        return write_all(&pages, folder);
    }
    let name = match args.command.as_deref() {
        None | Some("slugline") => "slugline".to_owned(),
        Some(command) => format!("slugline-{command}"),
    };
    if let Some((_, page)) = pages.iter().find(|(page, _)| *page == name) {
        return print(page);
    }
    Err(Failure::usage(format!(
        "there is no command {}: expected one of {}",
        args.command.as_deref().unwrap_or_default(),
        commands(&pages)
    )))
}

fn commands(pages: &[(String, Vec<u8>)]) -> String {
    let names = pages
        .iter()
        .filter_map(|(name, _)| name.strip_prefix("slugline-"));
    names.collect::<Vec<&str>>().join(", ")
}

/// Name and content of every page.
fn pages() -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    let mut pages = vec![("slugline".to_owned(), render(&command)?)];
    for sub in command.get_subcommands() {
        // After `build` the display name is that of the page: `slugline-train`.
        let name = sub.get_display_name().unwrap_or(sub.get_name());
        pages.push((name.to_owned(), render(sub)?));
    }
    Ok(pages)
}

fn render(command: &clap::Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    let version = concat!("slugline ", env!("CARGO_PKG_VERSION"));
    Page::new(command.clone())
        .source(version)
        .manual("slugline")
        .render(&mut page)?;
    Ok(page)
}

fn write_all(pages: &[(String, Vec<u8>)], folder: &Path) -> Result<(), Failure> {
    if !folder.is_dir() {
        return Err(Failure::work(format!(
            "{}: the folder does not exist",
            say::shown(folder)
        )));
    }
    for (name, page) in pages {
        let path = folder.join(format!("{name}.1"));
        let mut file = Replacement::create(&path)?;
        file.write_all(page).map_err(|source| Error::Io {
            path: path.clone(),
            source,
        })?;
        file.commit()?;
    }
    say::note(format_args!(
        "{}: {} pages",
        say::shown(folder),
        pages.len()
    ));
    Ok(())
}

fn print(what: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(what)?;
    out.flush()?;
    Ok(())
}
