//! Names of kinds and attributes as small numbers, one table an authority.

use rustc_hash::FxHashMap;

/// The number of a name in its authority's [`Symbols`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

/// The names of kinds and attributes that an authority's copy uses. Numbers are given in order and
/// never change meaning, so that encoded timelines stay readable.
#[derive(Debug, Clone, Default)]
pub struct Symbols {
    names: Vec<String>,
    numbers: FxHashMap<String, Symbol>,
}

impl Symbols {
    /// The table in which the n-th name has number n.
    pub fn from_names(names: impl IntoIterator<Item = String>) -> Self {
        let mut symbols = Symbols::default();
        for name in names {
            symbols.intern(&name);
        }
        symbols
    }

    /// The number of a name, given it now if it has none.
    pub fn intern(&mut self, name: &str) -> Symbol {
        if let Some(symbol) = self.numbers.get(name) {
            return *symbol;
        }
        let symbol = Symbol(self.names.len() as u32);
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), symbol);
        symbol
    }

    /// The number of a name that has one.
    pub fn get(&self, name: &str) -> Option<Symbol> {
        self.numbers.get(name).copied()
    }

    /// The name of a number; empty for a number that was never given.
    pub fn name(&self, symbol: Symbol) -> &str {
        self.names.get(symbol.0 as usize).map_or("", String::as_str)
    }

    /// All names, in the order of their numbers.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}
