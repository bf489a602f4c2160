//! Names the topic of a text with the bundled model: *technology*, *policy* or *markets*, how much of the
//! text speaks of each, and `other` where it is about none of them.
//!
//! ```sh
//! cargo run --release -p slugline --example classify
//! ```

use slugline::{Scratch, topics};

fn main() {
    let texts = [
        "The phone maker showed a chip that runs a language model without the cloud.",
        "Parliament passed a bill that obliges ministers to publish their meetings with lobbyists.",
        "Shares fell and bond yields rose after the central bank's warning on inflation.",
        "Fold in the eggs, add the flour and bake the cake for half an hour.",
    ];
    let model = topics();
    // The buffers are kept from text to text, so that nothing is allocated in the loop.
    let mut scratch = Scratch::default();
    for text in texts {
        let shares = model.shares_with(&mut scratch, text);
        println!("{}: {text}", shares.label_or_other());
        for ((label, probability), share) in shares.verdict().by_label().zip(shares.shares()) {
            println!("  {label:<10}  probability {probability:.2}  share {share:.2}");
        }
    }
}
