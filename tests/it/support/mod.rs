//! What the tests share.
//!
//! | to | use |
//! | --- | --- |
//! | run the built binary | [`workspace`]: a folder, an environment, a tenant; [`run`]: what the process left |
//! | run `lumsync sandbox` as a process | [`sandbox_process`] |
//! | call the sandbox's API directly | [`api_client`] |
//! | answer the binary's requests by hand | [`server`], or `Workspace::intercept` in front of the sandbox |
//! | interrupt a process | [`signals`] |
//! | list users with the library | [`reader`] |
//! | make users, CSVs and documents | [`data`] |
//! | check a schema, a journal or a generated page | [`assertions`] |
//! | use a tool that is no part of the project | [`external`] |
//! | run many cases | [`parallel`], [`soak`] |

pub mod api_client;
pub mod assertions;
pub mod data;
pub mod external;
pub mod parallel;
pub mod reader;
pub mod run;
pub mod runtime;
pub mod sandbox_process;
pub mod server;
pub mod signals;
pub mod soak;
pub mod terminal;
pub mod workspace;
