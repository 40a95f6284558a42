"""The papers of the marketplaces: what each call and each trap rests on, and where the code and the tests meet it."""
