"""The app's pages and components. What they show is data: it reaches the browser as text, never as markup."""
