/** The larger sections: fetched while the service answers, so that the page can be used before they are there. */
export { default as Changes } from './Changes.svelte';
export { default as Escalations } from './Escalations.svelte';
export { default as Recommendations } from './Recommendations.svelte';
export { default as Scorecard } from './Scorecard.svelte';
export { default as Tallies } from './Tallies.svelte';
