//! The whole exported surface as one readable text, so that a change of it shows when it is reviewed: `docs/api.txt`.
//!
//! It is read from what UniFFI leaves in the built library, which is what Kotlin and Swift are made of: nothing can be
//! exported and not stand here. One line an item, in an order that does not depend on where it stands in the source.

use std::collections::BTreeMap;

use uniffi_bindgen::macro_metadata::extract_from_bytes;
use uniffi_meta::{
    ConstructorMetadata, DefaultValueMetadata, EnumMetadata, FieldMetadata, FnMetadata, FnParamMetadata,
    LiteralMetadata, Metadata, MethodMetadata, ObjectImpl, ObjectMetadata, RecordMetadata, Type,
    UniffiTraitMetadata,
};

const HEAD: &str = "\
# The surface that apps use, made from the built library. When it changes, the test in core/bindgen fails;
# COMMON_GROUND_WRITE_API=1 cargo test --workspace --bin common-ground-bindgen writes this file anew, and the change is
# reviewed here. Names are Rust's: Kotlin and Swift write them in camel case, and CommonGroundError is
# CommonGroundException in Kotlin. A type with ? may be missing, `=` gives what is taken where nothing is said,
# `async` calls suspend, all others block their thread, and what `throws` is a CommonGroundError.
";

/// The surface of a built library.
///
/// # Errors
/// When the bytes are no library of ours.
pub(crate) fn of_library(bytes: &[u8]) -> Result<String, String> {
    let items = extract_from_bytes(bytes).map_err(|error| error.to_string())?;
    if items.is_empty() {
        return Err("nothing is exported there".to_owned());
    }
    Ok(Surface::of(items).text())
}

/// What belongs together, by name.
#[derive(Default)]
struct Surface {
    functions: BTreeMap<String, FnMetadata>,
    objects: BTreeMap<String, ObjectMetadata>,
    records: BTreeMap<String, RecordMetadata>,
    enums: BTreeMap<String, EnumMetadata>,
    customs: BTreeMap<String, String>,
    /// Lines of the members of an object, a record or an enum, sorted; those of a trait by their place.
    members: BTreeMap<String, BTreeMap<(u32, String), String>>,
}

impl Surface {
    fn of(items: Vec<Metadata>) -> Self {
        let mut surface = Self::default();
        for item in items {
            surface.take(item);
        }
        surface
    }

    fn take(&mut self, item: Metadata) {
        match item {
            Metadata::Func(function) => {
                self.functions.insert(function.name.clone(), function);
            }
            Metadata::Object(object) => {
                self.objects.insert(object.name.clone(), object);
            }
            Metadata::Record(record) => {
                self.records.insert(record.name.clone(), record);
            }
            Metadata::Enum(one) => {
                self.enums.insert(one.name.clone(), one);
            }
            Metadata::CustomType(custom) => {
                self.customs.insert(custom.name, type_name(&custom.builtin));
            }
            Metadata::Constructor(made) => {
                let line = constructor(&made);
                self.member(made.self_name, 0, made.name, line);
            }
            Metadata::Method(method) => {
                let line = method_line(&method);
                self.member(method.self_name, 1, method.name, line);
            }
            Metadata::TraitMethod(method) => {
                let index = method.index;
                let method = MethodMetadata::from(method);
                let line = method_line(&method);
                self.member(method.self_name, index, method.name, line);
            }
            Metadata::UniffiTrait(shown) => {
                let (of, name) = (shown.self_name().to_owned(), trait_name(&shown));
                self.member(of, 2, name.to_owned(), format!("is {name}"));
            }
            // None of these is used here; one that is would otherwise be missing without a word.
            Metadata::CallbackInterface(one) => {
                self.member(one.name, 0, String::new(), "callback interface".to_owned());
            }
            Metadata::ObjectTraitImpl(one) => {
                let line = format!("is {}", type_name(&one.trait_ty));
                self.member(type_name(&one.ty), 2, line.clone(), line);
            }
            Metadata::Namespace(_) | Metadata::UdlFile(_) => {}
        }
    }

    fn member(&mut self, of: String, rank: u32, name: String, line: String) {
        self.members.entry(of).or_default().insert((rank, name), line);
    }

    fn text(mut self) -> String {
        let mut text = HEAD.to_owned();
        let functions: Vec<String> = self.functions.values().map(function).collect();
        section(&mut text, "functions", functions);
        for (name, object) in &self.objects {
            let kind = match object.imp {
                ObjectImpl::Struct => "object",
                ObjectImpl::Trait(_) => "trait, implemented by the app:",
            };
            let lines = self.members.remove(name).unwrap_or_default().into_values();
            section(&mut text, &format!("{kind} {name}"), lines);
        }
        for (name, record) in &self.records {
            let fields = record.fields.iter().map(field);
            let more = self.members.remove(name).unwrap_or_default().into_values();
            section(&mut text, &format!("record {name}"), fields.chain(more));
        }
        for (name, one) in &self.enums {
            let kind = if one.shape.is_error() { "error" } else { "enum" };
            let more = self.members.remove(name).unwrap_or_default().into_values();
            section(&mut text, &format!("{kind} {name}"), variants(one).chain(more));
        }
        let customs =
            self.customs.iter().map(|(name, builtin)| format!("{name}, which crosses as {builtin}"));
        section(&mut text, "types of their own", customs.collect::<Vec<_>>());
        for (name, lines) in self.members {
            section(&mut text, &format!("also {name}"), lines.into_values());
        }
        text
    }
}

fn section(text: &mut String, head: &str, lines: impl IntoIterator<Item = String>) {
    text.push('\n');
    text.push_str(head);
    text.push('\n');
    for line in lines {
        text.push_str("  ");
        text.push_str(&line);
        text.push('\n');
    }
}

fn function(function: &FnMetadata) -> String {
    let FnMetadata { name, is_async, inputs, return_type, throws, .. } = function;
    call(name, *is_async, inputs, return_type.as_ref(), throws.as_ref())
}

fn constructor(made: &ConstructorMetadata) -> String {
    let ConstructorMetadata { name, is_async, inputs, throws, .. } = made;
    format!("new {}", call(name, *is_async, inputs, None, throws.as_ref()))
}

fn method_line(method: &MethodMetadata) -> String {
    let MethodMetadata { name, is_async, inputs, return_type, throws, .. } = method;
    call(name, *is_async, inputs, return_type.as_ref(), throws.as_ref())
}

fn call(
    name: &str,
    is_async: bool,
    inputs: &[FnParamMetadata],
    answer: Option<&Type>,
    throws: Option<&Type>,
) -> String {
    let inputs: Vec<String> = inputs
        .iter()
        .map(|input| {
            format!("{}: {}{}", input.name, type_name(&input.ty), default(&input.ty, input.default.as_ref()))
        })
        .collect();
    let is_async = if is_async { "async " } else { "" };
    let answer = answer.map(|answer| format!(" -> {}", type_name(answer))).unwrap_or_default();
    // There is one error; another one would be worth a name.
    let throws = match throws.map(type_name) {
        None => String::new(),
        Some(name) if name == "CommonGroundError" => " throws".to_owned(),
        Some(name) => format!(" throws {name}"),
    };
    format!("{is_async}{name}({}){answer}{throws}", inputs.join(", "))
}

fn field(field: &FieldMetadata) -> String {
    let type_name = type_name(&field.ty);
    // What stands alone in a variant may have no name.
    let named = if field.name.is_empty() { type_name } else { format!("{}: {type_name}", field.name) };
    format!("{named}{}", default(&field.ty, field.default.as_ref()))
}

fn variants(one: &EnumMetadata) -> impl Iterator<Item = String> {
    one.variants.iter().map(|variant| {
        let number = variant.discr.as_ref().map(|number| format!(" = {}", literal(number)));
        let fields: Vec<String> = variant.fields.iter().map(field).collect();
        let fields = if fields.is_empty() { String::new() } else { format!("({})", fields.join(", ")) };
        format!("{}{fields}{}", variant.name, number.unwrap_or_default())
    })
}

fn default(of: &Type, default: Option<&DefaultValueMetadata>) -> String {
    match default {
        None => String::new(),
        // A record in which all has a default.
        Some(DefaultValueMetadata::Default) => format!(" = {}()", type_name(of)),
        Some(DefaultValueMetadata::Literal(found)) => format!(" = {}", literal(found)),
    }
}

fn literal(found: &LiteralMetadata) -> String {
    match found {
        LiteralMetadata::Boolean(yes) => yes.to_string(),
        LiteralMetadata::String(text) => format!("{text:?}"),
        LiteralMetadata::UInt(number, ..) => number.to_string(),
        LiteralMetadata::Int(number, ..) => number.to_string(),
        LiteralMetadata::Float(number, _) | LiteralMetadata::Enum(number, _) => number.clone(),
        LiteralMetadata::EmptySequence => "[]".to_owned(),
        LiteralMetadata::EmptyMap | LiteralMetadata::EmptySet => "{}".to_owned(),
        LiteralMetadata::None => "none".to_owned(),
        LiteralMetadata::Some { inner } => match &**inner {
            DefaultValueMetadata::Default => "the type's own".to_owned(),
            DefaultValueMetadata::Literal(found) => literal(found),
        },
    }
}

fn trait_name(shown: &UniffiTraitMetadata) -> &'static str {
    match shown {
        UniffiTraitMetadata::Debug { .. } => "shown for developers",
        UniffiTraitMetadata::Display { .. } => "shown as text",
        UniffiTraitMetadata::Eq { .. } => "compared",
        UniffiTraitMetadata::Hash { .. } => "hashed",
        UniffiTraitMetadata::Ord { .. } => "ordered",
    }
}

fn type_name(of: &Type) -> String {
    match of {
        Type::UInt8 => "u8".to_owned(),
        Type::Int8 => "i8".to_owned(),
        Type::UInt16 => "u16".to_owned(),
        Type::Int16 => "i16".to_owned(),
        Type::UInt32 => "u32".to_owned(),
        Type::Int32 => "i32".to_owned(),
        Type::UInt64 => "u64".to_owned(),
        Type::Int64 => "i64".to_owned(),
        Type::Float32 => "f32".to_owned(),
        Type::Float64 => "f64".to_owned(),
        Type::Boolean => "bool".to_owned(),
        Type::String => "String".to_owned(),
        Type::Bytes => "bytes".to_owned(),
        Type::Timestamp => "timestamp".to_owned(),
        Type::Duration => "duration".to_owned(),
        Type::Object { name, .. }
        | Type::Record { name, .. }
        | Type::Enum { name, .. }
        | Type::CallbackInterface { name, .. }
        | Type::Custom { name, .. } => name.clone(),
        Type::Box { inner_type } => type_name(inner_type),
        Type::Optional { inner_type } => format!("{}?", type_name(inner_type)),
        Type::Sequence { inner_type } => format!("[{}]", type_name(inner_type)),
        Type::Set { inner_type } => format!("{{{}}}", type_name(inner_type)),
        Type::Map { key_type, value_type } => {
            format!("{{{}: {}}}", type_name(key_type), type_name(value_type))
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::{Path, PathBuf};
    use std::{env, fs};

    // Only named: Cargo then builds the library beside this test, with every form of it.
    use common_ground as _;

    /// The core's library, built by Cargo for this very test.
    pub(crate) fn library() -> PathBuf {
        let this = env::current_exe().expect("this test");
        let name = format!("{}common_ground{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX);
        this.parent().expect("a folder").join(name)
    }

    fn page() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/api.txt")
    }

    #[test]
    fn the_surface_is_the_one_that_was_reviewed() {
        let bytes = fs::read(library()).expect("the built core");
        let surface = super::of_library(&bytes).expect("its surface");
        if env::var_os("COMMON_GROUND_WRITE_API").is_some() {
            fs::write(page(), &surface).expect("written");
        }
        let reviewed = fs::read_to_string(page()).expect("docs/api.txt");
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let (now, before) = (lines(&surface), lines(&reviewed));
        let new: Vec<&String> = now.iter().filter(|line| !before.contains(line)).collect();
        let gone: Vec<&String> = before.iter().filter(|line| !now.contains(line)).collect();
        assert!(
            surface == reviewed,
            "The exported surface is another one. If that is meant, write docs/api.txt anew with \
             COMMON_GROUND_WRITE_API=1 cargo test --workspace --bin common-ground-bindgen, and tell of it in the changelog.\n\
             new: {new:#?}\ngone: {gone:#?}"
        );
    }

    /// What the generated Kotlin imports by its bare name: a type of ours of that name would hide it.
    #[test]
    fn no_type_has_a_name_that_the_generated_kotlin_takes_from_elsewhere() {
        let reviewed = fs::read_to_string(page()).expect("docs/api.txt");
        let heads = reviewed.lines().filter(|line| !line.starts_with([' ', '#']));
        let names: Vec<&str> = heads.filter_map(|head| head.split(' ').next_back()).collect();
        assert!(names.len() > 100);
        let taken = [
            "Library",
            "IntegerType",
            "Native",
            "Pointer",
            "Structure",
            "Callback",
            "ByteByReference",
            "ByteBuffer",
            "ByteOrder",
            "CharBuffer",
            "CodingErrorAction",
            "AtomicLong",
            "AtomicBoolean",
            "ConcurrentHashMap",
        ];
        assert!(!names.iter().any(|name| taken.contains(name)), "{names:?}");
    }

    #[test]
    fn no_name_of_what_lies_beneath_is_in_it() {
        let reviewed = fs::read_to_string(page()).expect("docs/api.txt").to_lowercase();
        for beneath in
            ["sqlite", "sqlcipher", "automerge", "rusqlite", "endpoint", "tokio", "serde", "json value"]
        {
            // What SQLite answered is told to developers by its number.
            let found: Vec<&str> = reviewed
                .lines()
                .filter(|line| line.contains(beneath) && line.trim() != "sqlite(code: i32)")
                .collect();
            assert!(found.is_empty(), "{beneath}: {found:?}");
        }
    }
}
